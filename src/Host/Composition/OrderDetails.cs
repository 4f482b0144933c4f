using BuildingBlocks.Application;
using BuildingBlocks.Contracts;
using Catalog.Contracts.Queries;
using Customers.Contracts.Queries;
using Orders.Contracts.Queries;
using Payments.Contracts.Queries;
using Shipping.Contracts.Queries;

namespace Host.Composition;

/// <summary>
/// All that is known of an order, from five modules. A part that is null is named in missing, with the reason.
/// </summary>
/// <param name="Order">From Orders.</param>
/// <param name="Customer">From Customers: as they are now, not as they were when they ordered.</param>
/// <param name="Payment">From Payments.</param>
/// <param name="Shipment">From Shipping.</param>
/// <param name="Products">From Catalog: as they are sold now, not as they were ordered.</param>
/// <param name="Missing">Parts that are not here; empty when all are.</param>
internal sealed record OrderDetails(
    Guid OrderId,
    OrderDetailsPart<OrderDescription>? Order,
    OrderDetailsPart<CustomerDescription>? Customer,
    OrderDetailsPart<PaymentDescription>? Payment,
    OrderDetailsPart<ShipmentDescription>? Shipment,
    OrderDetailsPart<ProductsDescription>? Products,
    IReadOnlyList<OrderDetailsMissing> Missing
);

/// <summary>What one module told.</summary>
/// <param name="AsOf">Everything the module had committed by then is in the data, UTC. The parts are read one by one,
/// so theirs differ.</param>
/// <param name="Data">The module's own data, not a copy.</param>
internal sealed record OrderDetailsPart<T>(DateTimeOffset AsOf, T Data);

/// <summary>A part that is not here.</summary>
/// <param name="Part">order, customer, payment, shipment or products.</param>
/// <param name="Module">Which module would have told it.</param>
/// <param name="Reason">unknown: it knows nothing of it, or nothing yet; timeout; unavailable; notRunning; notAsked:
/// nobody answer whom or what to ask for.</param>
/// <param name="AsOf">Until when the module knew nothing, UTC; null when it did not answer.</param>
internal sealed record OrderDetailsMissing(string Part, string Module, MissingReason Reason, DateTimeOffset? AsOf);

/// <summary>Composes <see cref="OrderDetails"/>, for whoever may see them.</summary>
internal sealed class OrderDetailsComposition(TimedModuleQueries queries, Caller caller)
{
    /// <summary>
    /// Whose order it is, Orders says; when Orders does not answer, Payments or Shipping do, who know the account too.
    /// When nobody says that it is the caller's, it is refused in a way that does not tell whether there is such an
    /// order.
    /// </summary>
    public async Task<Result<OrderDetails>> ComposeAsync(Guid orderId, CancellationToken cancellationToken)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            var order = queries.AskAsync("orders", new DescribeOrder(orderId), done.Token);
            var payment = queries.AskAsync("payments", new DescribePayment(orderId), done.Token);
            var shipment = queries.AskAsync("shipping", new DescribeShipment(orderId), done.Token);
            var subject = SubjectAsync(order, shipment);
            var customer = AskAboutAsync(
                "customers",
                subject,
                about => new DescribeCustomer(about.CustomerId),
                done.Token
            );
            var products = AskAboutAsync("catalog", subject, about => new DescribeProducts(about.Skus), done.Token);

            return await RefusalAsync(order, payment, shipment) is { } refusal
                ? refusal
                : Compose(orderId, await order, await customer, await payment, await shipment, await products);
        }
        finally
        {
            // After a refusal the other answers are not awaited.
            await done.CancelAsync();
        }
    }

    private async Task<Error?> RefusalAsync(
        Task<ModuleAnswer<OrderDescription>> asked,
        Task<ModuleAnswer<PaymentDescription>> payment,
        Task<ModuleAnswer<ShipmentDescription>> shipment
    )
    {
        var order = await asked;
        if (order.IsAnswer)
        {
            return order.Data is { } known && caller.MayActFor(known.CustomerUserId)
                ? null
                : OrderDetailsErrors.UnknownOrder;
        }

        return
            ((await payment).Data is { } paid && caller.MayActFor(paid.CustomerUserId))
            || ((await shipment).Data is { } shipped && caller.MayActFor(shipped.CustomerUserId))
            ? null
            : OrderDetailsErrors.OrdersDoesNotAnswer;
    }

    /// <summary>Whom and what to ask for: Orders knows, and for want of its answer Shipping does.</summary>
    private static async Task<Subject?> SubjectAsync(
        Task<ModuleAnswer<OrderDescription>> order,
        Task<ModuleAnswer<ShipmentDescription>> shipment
    ) =>
        (await order).Data is { } ordered ? new(ordered.CustomerId, [.. ordered.Items.Select(item => item.Sku)])
        : (await shipment).Data is { } shipped ? new(shipped.CustomerId, [.. shipped.Lines.Select(line => line.Sku)])
        : null;

    private async Task<ModuleAnswer<T>> AskAboutAsync<T>(
        string module,
        Task<Subject?> subject,
        Func<Subject, IModuleQuery<T>> question,
        CancellationToken cancellationToken
    )
        where T : class =>
        await subject is { } about
            ? await queries.AskAsync(module, question(about), cancellationToken)
            : ModuleAnswer<T>.Nothing(module, MissingReason.NotAsked);

    private static OrderDetails Compose(
        Guid orderId,
        ModuleAnswer<OrderDescription> order,
        ModuleAnswer<CustomerDescription> customer,
        ModuleAnswer<PaymentDescription> payment,
        ModuleAnswer<ShipmentDescription> shipment,
        ModuleAnswer<ProductsDescription> products
    )
    {
        List<OrderDetailsMissing> missing = [];
        return new(
            orderId,
            Part("order", order, missing),
            Part("customer", customer, missing),
            Part("payment", payment, missing),
            Part("shipment", shipment, missing),
            Part("products", products, missing),
            missing
        );
    }

    private static OrderDetailsPart<T>? Part<T>(string name, ModuleAnswer<T> answer, List<OrderDetailsMissing> missing)
        where T : class
    {
        if (answer is { Data: { } data, AsOf: { } asOf })
        {
            return new(asOf, data);
        }

        missing.Add(new(name, answer.Module, answer.MissingReason!.Value, answer.AsOf));
        return null;
    }

    private sealed record Subject(Guid CustomerId, IReadOnlyList<string> Skus);
}

internal static class OrderDetailsErrors
{
    public static Error UnknownOrder { get; } =
        Error.NotFound(
            "order-details.unknown-order",
            "There is no order with this id, or it is somebody else's. Take the id that placing the order answered."
        );

    public static Error OrdersDoesNotAnswer { get; } =
        Error.Unavailable(
            "order-details.orders-does-not-answer",
            "It cannot be told at the moment whether this is an order of yours. Repeat the request a little later."
        );
}
