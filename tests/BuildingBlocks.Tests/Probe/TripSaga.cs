using BuildingBlocks.Contracts;
using BuildingBlocks.EventLog.Sagas;

namespace BuildingBlocks.Tests.Probe;

/// <summary>What the probe's saga moves through its steps.</summary>
internal sealed class Trip
{
    public Guid Id { get; init; }

    public string Status { get; set; } = "booked";
}

/// <summary>Two steps, both with a compensation, so that the order of undoing shows.</summary>
internal sealed class TripSaga : Saga<Trip>
{
    protected override void Define(SagaBuilder<Trip> saga) =>
        saga.StartsOn<TripBookedV1>(booked => booked.TripId)
            .Step("book hotel", step =>
                step.Request(trip => new HotelRequestedV1(trip.Id))
                    .Completes<HotelBookedV1>(booked => booked.TripId, (trip, _) => trip.Status = "hotel")
                    .Fails<HotelRefusedV1>(refused => refused.TripId, refused => refused.Reason)
                    .Compensate<HotelCancelledV1>(
                        (trip, reason) => new HotelCancellationRequestedV1(trip.Id, reason),
                        cancelled => cancelled.TripId
                    )
                    .TimesOutAfter(TimeSpan.FromSeconds(30))
            )
            .Step("book flight", step =>
                step.Request(trip => new FlightRequestedV1(trip.Id))
                    .Completes<FlightBookedV1>(booked => booked.TripId, (trip, _) => trip.Status = "flight")
                    .Fails<FlightRefusedV1>(refused => refused.TripId, refused => refused.Reason)
                    .Compensate<FlightCancelledV1>(
                        (trip, reason) => new FlightCancellationRequestedV1(trip.Id, reason),
                        cancelled => cancelled.TripId
                    )
                    .TimesOutAfter(TimeSpan.FromSeconds(60))
            )
            .Ends(
                (trip, _) =>
                {
                    trip.Status = "confirmed";
                    return new TripConfirmedV1(trip.Id);
                },
                (trip, reason, _) =>
                {
                    trip.Status = "abandoned";
                    return new TripAbandonedV1(trip.Id, reason);
                }
            )
            .UndoneOnlyAfter("recall luggage", ask =>
                ask.Request((trip, reason) => new LuggageRecallRequestedV1(trip.Id, reason))
                    .Agrees<LuggageRecalledV1>(recalled => recalled.TripId)
                    .Refuses<LuggageLeftV1>(left => left.TripId)
            );
}

/// <summary>All trip events share their key.</summary>
public abstract record TripEvent(Guid TripId) : IIntegrationEvent
{
    public string Key => TripId.ToString();
}

[IntegrationEvent("trip.booked", version: 1)]
public sealed record TripBookedV1(Guid TripId) : TripEvent(TripId);

[IntegrationEvent("trip.hotel-requested", version: 1)]
public sealed record HotelRequestedV1(Guid TripId) : TripEvent(TripId);

[IntegrationEvent("trip.hotel-booked", version: 1)]
public sealed record HotelBookedV1(Guid TripId) : TripEvent(TripId);

[IntegrationEvent("trip.hotel-refused", version: 1)]
public sealed record HotelRefusedV1(Guid TripId, string Reason) : TripEvent(TripId);

[IntegrationEvent("trip.hotel-cancellation-requested", version: 1)]
public sealed record HotelCancellationRequestedV1(Guid TripId, string Reason) : TripEvent(TripId);

[IntegrationEvent("trip.hotel-cancelled", version: 1)]
public sealed record HotelCancelledV1(Guid TripId) : TripEvent(TripId);

[IntegrationEvent("trip.flight-requested", version: 1)]
public sealed record FlightRequestedV1(Guid TripId) : TripEvent(TripId);

[IntegrationEvent("trip.flight-booked", version: 1)]
public sealed record FlightBookedV1(Guid TripId) : TripEvent(TripId);

[IntegrationEvent("trip.flight-refused", version: 1)]
public sealed record FlightRefusedV1(Guid TripId, string Reason) : TripEvent(TripId);

[IntegrationEvent("trip.flight-cancellation-requested", version: 1)]
public sealed record FlightCancellationRequestedV1(Guid TripId, string Reason) : TripEvent(TripId);

[IntegrationEvent("trip.flight-cancelled", version: 1)]
public sealed record FlightCancelledV1(Guid TripId) : TripEvent(TripId);

[IntegrationEvent("trip.confirmed", version: 1)]
public sealed record TripConfirmedV1(Guid TripId) : TripEvent(TripId);

[IntegrationEvent("trip.abandoned", version: 1)]
public sealed record TripAbandonedV1(Guid TripId, string Reason) : TripEvent(TripId);

[IntegrationEvent("trip.luggage-recall-requested", version: 1)]
public sealed record LuggageRecallRequestedV1(Guid TripId, string Reason) : TripEvent(TripId);

[IntegrationEvent("trip.luggage-recalled", version: 1)]
public sealed record LuggageRecalledV1(Guid TripId) : TripEvent(TripId);

[IntegrationEvent("trip.luggage-left", version: 1)]
public sealed record LuggageLeftV1(Guid TripId) : TripEvent(TripId);
