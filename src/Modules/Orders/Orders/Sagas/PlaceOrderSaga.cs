using BuildingBlocks.EventLog.Sagas;
using Inventory.Contracts;
using Orders.Contracts;
using Orders.Domain;
using Payments.Contracts;
using Shipping.Contracts;

namespace Orders.Sagas;

/// <summary>
/// Takes an accepted order to its confirmation, or back: stock first, because it costs nothing to give back; money
/// second. A confirmed order goes back only after Shipping has promised that its goods stay.
/// </summary>
internal sealed class PlaceOrderSaga : Saga<Order>
{
    /// <inheritdoc />
    protected override void Define(SagaBuilder<Order> saga) =>
        saga.StartsOn<OrderPlacedV1>(placed => placed.OrderId)
            .Step("reserve stock", step =>
                step.Request(order => order.ToStockReservationRequestedV1())
                    .Completes<StockReservedV1>(reserved => reserved.OrderId, (order, at) => order.StockReserved(at))
                    .Fails<StockReservationRejectedV1>(rejected => rejected.OrderId, rejected => rejected.Reason)
                    .Compensate<StockReleasedV1>(
                        (order, _) => new OrderStockReleaseRequestedV1(order.Id),
                        released => released.OrderId
                    )
                    .TimesOutAfter(TimeSpan.FromSeconds(30))
            )
            .Step("charge payment", step =>
                step.Request(order => order.ToPaymentRequestedV1())
                    .Completes<PaymentCapturedV1>(captured => captured.OrderId, (order, at) => order.Paid(at))
                    .Fails<PaymentDeclinedV1>(declined => declined.OrderId, declined => declined.Reason)
                    .Compensate<PaymentRefundedV1>(
                        (order, reason) => new OrderRefundRequestedV1(order.Id, reason),
                        refunded => refunded.OrderId
                    )
                    .TimesOutAfter(TimeSpan.FromSeconds(60))
            )
            .Ends((order, at) => order.Confirm(at), (order, reason, at) => order.Cancel(reason, at))
            .UndoneOnlyAfter("stop shipment", ask =>
                ask.Request((order, reason) => new OrderShipmentCancellationRequestedV1(order.Id, reason))
                    .Agrees<ShipmentCancelledV1>(cancelled => cancelled.OrderId)
                    .Refuses<ShipmentDispatchedV1>(dispatched => dispatched.OrderId)
            );
}
