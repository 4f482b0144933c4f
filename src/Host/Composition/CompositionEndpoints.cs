using BuildingBlocks.Web;
using Host.OpenApi;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Host.Composition;

/// <summary>
/// Answers that no module could give alone. Only here are modules asked questions; among themselves they are not.
/// </summary>
internal static class CompositionEndpoints
{
    public static void AddComposition(this WebApplicationBuilder builder)
    {
        builder
            .Services.AddOptions<CompositionOptions>()
            .BindConfiguration(CompositionOptions.Section, binder => binder.ErrorOnUnknownConfiguration = true)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddSingleton<TimedModuleQueries>();
        builder.Services.AddScoped<OrderDetailsComposition>();
    }

    public static void MapComposition(this WebApplication app) =>
        app.MapGet("/order-details/{id:guid}", GetOrderDetails)
            .WithTags("composition")
            .WithName(nameof(GetOrderDetails))
            .WithDescription(
                "All that is known of an order, composed of what Orders, Customers, Payments, Shipping and Catalog "
                    + "answer within their time. To the account of its "
                    + "customer and to admins; a part that is missing is named with the reason."
            )
            .WithMetadata(new ParameterExample("id", "0198a000-0000-7000-8000-000000000001"))
            .RequireAuthorization(Policies.Customer)
            .Refuses(OrderDetailsErrors.UnknownOrder, OrderDetailsErrors.OrdersDoesNotAnswer);

    private static async Task<Results<Ok<OrderDetails>, ProblemHttpResult>> GetOrderDetails(
        Guid id,
        OrderDetailsComposition composition,
        CancellationToken cancellationToken
    ) =>
        (await composition.ComposeAsync(id, cancellationToken)).Failed(out var refusal, out var details)
            ? Problems.From(refusal)
            : TypedResults.Ok(details);
}
