using System.Globalization;
using BuildingBlocks.Messaging;
using BuildingBlocks.Modules;
using BuildingBlocks.Persistence;
using BuildingBlocks.Web;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Host.Operations;

/// <summary>What an operator sees and does; admins only.</summary>
internal static class OperationsEndpoints
{
    public static void MapOperations(this WebApplication app)
    {
        var operations = app.MapGroup("/operations").WithTags("operations").RequireAuthorization(Policies.Admin);
        operations.MapGet("/modules", ListModules).WithName(nameof(ListModules)).WithDescription("The modules that run in this Host, and the migrations in their build.");
        operations.MapGet("/subscriptions", ListSubscriptions).WithName(nameof(ListSubscriptions)).WithDescription("How far every module has applied what others published.");
        operations.MapGet("/parked-events", ListParkedEvents).WithName(nameof(ListParkedEvents)).WithDescription("Events that could not be applied, and those that wait behind them.");
        operations.MapPost("/parked-events/{id}/retry", RetryParkedEvent).WithName(nameof(RetryParkedEvent)).WithDescription("Tries a parked event again at once; later ones of its key follow.");
        operations.MapPost("/parked-events/{id}/discard", DiscardParkedEvent).WithName(nameof(DiscardParkedEvent)).WithDescription("Gives a parked event up for good; its key goes on without it.");
    }

    private static Ok<RunningModule[]> ListModules(ModuleCatalog catalog) =>
        TypedResults.Ok(catalog.Modules.Select(module => new RunningModule(module.Name, Migration.Of(module).Count)).ToArray());

    private static async Task<Ok<IReadOnlyList<SubscriptionStatus>>> ListSubscriptions(SubscriptionMonitor monitor, CancellationToken cancellationToken) =>
        TypedResults.Ok(await monitor.ReadAsync(consumer: null, cancellationToken));

    private static async Task<Ok<IReadOnlyList<ParkedEvent>>> ListParkedEvents(ParkedEvents parked, CancellationToken cancellationToken) =>
        TypedResults.Ok(await parked.ListAsync(cancellationToken));

    private static async Task<Results<NoContent, ProblemHttpResult>> RetryParkedEvent(
        string id, ParkedEvents parked, Caller caller, CancellationToken cancellationToken) =>
        (await parked.RetryAsync(id, OperatorId(caller), cancellationToken)).Failed(out var refusal) ? Problems.From(refusal) : TypedResults.NoContent();

    private static async Task<Results<NoContent, ProblemHttpResult>> DiscardParkedEvent(
        string id, DiscardReason body, ParkedEvents parked, Caller caller, CancellationToken cancellationToken) =>
        (await parked.DiscardAsync(id, body.Reason, OperatorId(caller), cancellationToken)).Failed(out var refusal)
            ? Problems.From(refusal)
            : TypedResults.NoContent();

    private static string OperatorId(Caller caller) => string.Create(CultureInfo.InvariantCulture, $"{caller.UserId}");
}

/// <summary>A module that runs in this Host.</summary>
/// <param name="Migrations">How many there are in its build; all are applied, or the Host would not have started.</param>
internal sealed record RunningModule(string Name, int Migrations);

/// <summary>Why an operator gives an event up.</summary>
/// <param name="Reason">For the audit; 1 to 500 characters.</param>
internal sealed record DiscardReason(string Reason);
