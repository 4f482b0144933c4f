using System.Globalization;
using System.Text.Json;
using BuildingBlocks.Application;
using BuildingBlocks.Database.Provisioning;
using BuildingBlocks.EventLog.Feeds;
using BuildingBlocks.EventLog.Monitoring;
using BuildingBlocks.EventLog.Parking;
using BuildingBlocks.EventLog.Subscriptions;
using BuildingBlocks.Modules;
using BuildingBlocks.Operations;
using BuildingBlocks.Web;
using Host.OpenApi;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Host.Operations;

/// <summary>What an operator sees and does; admins only.</summary>
internal static class OperationsEndpoints
{
    public static void MapOperations(this WebApplication app)
    {
        var operations = app.MapGroup("/operations")
            .WithTags("operations")
            .RequireAuthorization(Policies.Admin)
            .ValidatesBodies()
            .WithMetadata(
                new ParameterExample("name", "analytics"),
                new ParameterExample("module", "orders"),
                new ParameterExample("id", "orders-1")
            );
        operations
            .MapGet("/modules", ListModules)
            .WithName(nameof(ListModules))
            .WithDescription("The modules that run in this Host, and the migrations in their build.");
        operations
            .MapGet("/subscriptions", ListSubscriptions)
            .WithName(nameof(ListSubscriptions))
            .WithDescription(
                "How far every module has applied what others published, and every rebuild that is under way."
            );
        operations
            .MapPost("/subscriptions/{name}/rebuild", RebuildSubscription)
            .WithName(nameof(RebuildSubscription))
            .WithDescription(
                "Rebuilds a projection from history beside the live one, and swaps them when it has caught up."
            )
            .Refuses(
                OperationsRefusals.UnknownSubscription,
                OperationsRefusals.NotAProjection,
                OperationsRefusals.HistoryPruned,
                OperationsRefusals.RebuildRunning
            );
        operations
            .MapDelete("/subscriptions/{name}/rebuild", AbandonRebuild)
            .WithName(nameof(AbandonRebuild))
            .WithDescription("Gives a rebuild up; the live projection stays as it is.")
            .Refuses(
                OperationsRefusals.UnknownSubscription,
                OperationsRefusals.NotAProjection,
                OperationsRefusals.NoRebuild
            );
        operations
            .MapPost("/subscriptions/{name}/pause", PauseSubscription)
            .WithName(nameof(PauseSubscription))
            .WithDescription("Applies and retries nothing more, in any Host, until resumed; of one source, or of all.")
            .Refuses(OperationsRefusals.ReasonRequired, OperationsRefusals.UnknownSubscription);
        operations
            .MapPost("/subscriptions/{name}/resume", ResumeSubscription)
            .WithName(nameof(ResumeSubscription))
            .WithDescription("Goes on where the subscription was paused; of one source, or of all.")
            .Refuses(OperationsRefusals.UnknownSubscription);
        operations
            .MapPut("/subscriptions/{name}/lanes", ChangeLanes)
            .WithName(nameof(ChangeLanes))
            .WithDescription(
                "Spreads the keys over a number of lanes that are applied side by side; of one source, or of all. "
                    + "Each key keeps its order."
            )
            .Refuses(
                OperationsRefusals.BadLanes,
                OperationsRefusals.UnknownSubscription,
                OperationsRefusals.LanesChanging
            );
        operations
            .MapGet("/outboxes", ListOutboxes)
            .WithName(nameof(ListOutboxes))
            .WithDescription("What each module keeps of its published events, and for whom.");
        operations
            .MapGet("/feeds", ListFeeds)
            .WithName(nameof(ListFeeds))
            .WithDescription(
                "Events that cross processes: who reads modules of this Host, and what comes from others."
            );
        operations
            .MapDelete("/outboxes/{module}/consumers/{name}", ForgetConsumer)
            .WithName(nameof(ForgetConsumer))
            .WithDescription("Has an outbox keep nothing any more for a consumer that is gone for good.")
            .Refuses(
                OperationsRefusals.UnknownModule,
                OperationsRefusals.UnknownConsumer,
                OperationsRefusals.ConsumerRuns
            );
        MapParkedEvents(operations.MapGroup("/parked-events"));
    }

    private static void MapParkedEvents(RouteGroupBuilder parked)
    {
        parked
            .MapGet("", ListParkedEvents)
            .WithName(nameof(ListParkedEvents))
            .WithDescription("Events that could not be applied, and those that wait behind them.")
            .Refuses(OperationsRefusals.BadFilter);
        parked
            .MapGet("/{id}", InspectParkedEvent)
            .WithName(nameof(InspectParkedEvent))
            .WithDescription(
                "One parked event with its payload, its last error, who waits behind it and what operators have done "
                    + "about it."
            )
            .Refuses(OperationsRefusals.UnknownParkedEvent);
        parked
            .MapPost("/{id}/retry", RetryParkedEvent)
            .WithName(nameof(RetryParkedEvent))
            .WithDescription("Tries a parked event again at once; later ones of its key follow.")
            .Refuses(OperationsRefusals.UnknownParkedEvent);
        parked
            .MapPost("/{id}/edit", EditParkedEvent)
            .WithName(nameof(EditParkedEvent))
            .WithDescription("Tries a parked event again with another payload; the outbox keeps what was published.")
            .Refuses(
                OperationsRefusals.ReasonRequired,
                OperationsRefusals.BadPayload,
                OperationsRefusals.UnknownParkedEvent
            );
        parked
            .MapPost("/{id}/discard", DiscardParkedEvent)
            .WithName(nameof(DiscardParkedEvent))
            .WithDescription("Gives a parked event up for good; its key goes on without it.")
            .Refuses(OperationsRefusals.ReasonRequired, OperationsRefusals.UnknownParkedEvent);
        parked
            .MapPost("/retry", RetryParkedEvents)
            .WithName(nameof(RetryParkedEvents))
            .WithDescription("Tries many parked events again, no more than so many a second.")
            .Refuses(OperationsRefusals.BadRate, OperationsRefusals.BadFilter, OperationsRefusals.FilterRequired);
        parked
            .MapPost("/discard", DiscardParkedEvents)
            .WithName(nameof(DiscardParkedEvents))
            .WithDescription("Gives many parked events up for good.")
            .Refuses(
                OperationsRefusals.ReasonRequired,
                OperationsRefusals.BadFilter,
                OperationsRefusals.FilterRequired
            );
    }

    private static async Task<Results<Accepted, ProblemHttpResult>> RebuildSubscription(
        string name,
        RebuildOperations rebuild,
        Caller caller,
        CancellationToken cancellationToken
    ) =>
        (await rebuild.StartAsync(name, OperatorId(caller), cancellationToken)).Failed(out var refusal)
            ? Problems.From(refusal)
            : TypedResults.Accepted("/operations/subscriptions");

    private static async Task<Results<NoContent, ProblemHttpResult>> AbandonRebuild(
        string name,
        RebuildOperations rebuild,
        Caller caller,
        CancellationToken cancellationToken
    ) =>
        (await rebuild.AbandonAsync(name, OperatorId(caller), cancellationToken)).Failed(out var refusal)
            ? Problems.From(refusal)
            : TypedResults.NoContent();

    private static async Task<Results<NoContent, ProblemHttpResult>> PauseSubscription(
        string name,
        SubscriptionPause body,
        SubscriptionOperations control,
        Caller caller,
        CancellationToken cancellationToken
    ) =>
        (await control.PauseAsync(name, body.Source, body.Reason, OperatorId(caller), cancellationToken)).Failed(
            out var refusal
        )
            ? Problems.From(refusal)
            : TypedResults.NoContent();

    private static async Task<Results<NoContent, ProblemHttpResult>> ResumeSubscription(
        string name,
        SubscriptionResumption body,
        SubscriptionOperations control,
        Caller caller,
        CancellationToken cancellationToken
    ) =>
        (await control.ResumeAsync(name, body.Source, OperatorId(caller), cancellationToken)).Failed(out var refusal)
            ? Problems.From(refusal)
            : TypedResults.NoContent();

    private static async Task<Results<Accepted, ProblemHttpResult>> ChangeLanes(
        string name,
        LaneChange body,
        SubscriptionOperations control,
        Caller caller,
        CancellationToken cancellationToken
    ) =>
        (await control.ChangeLanesAsync(name, body.Source, body.Lanes, OperatorId(caller), cancellationToken)).Failed(
            out var refusal
        )
            ? Problems.From(refusal)
            : TypedResults.Accepted("/operations/subscriptions");

    private static async Task<Ok<IReadOnlyList<OutboxStatus>>> ListOutboxes(
        OutboxMonitor monitor,
        CancellationToken cancellationToken
    ) => TypedResults.Ok(await monitor.ReadAsync(cancellationToken));

    private static async Task<Ok<Feeds>> ListFeeds(
        ModuleCatalog catalog,
        FeedsOptions settings,
        FeedFreshness freshness,
        IServiceProvider services,
        CancellationToken cancellationToken
    )
    {
        List<ServedFeed> served = [];
        if (services.GetService<FeedWork>() is { } work)
        {
            foreach (var module in work.ServedModules)
            {
                if (await work.PagesOf(module).StatusAsync(cancellationToken) is { } feed)
                {
                    served.Add(feed);
                }
            }
        }

        return TypedResults.Ok(
            new Feeds(
                served,
                [
                    .. catalog.Shadows.Select(shadow =>
                    {
                        var lag = freshness.LagOf(shadow.Name);
                        return new ReadFeed(
                            shadow.Name,
                            settings.Sources[shadow.Name].Uri!,
                            lag?.NextSeq,
                            lag is null ? null : lag.NextSeqAtHome - lag.NextSeq,
                            lag?.AsOf,
                            lag?.AnsweredAt
                        );
                    }),
                ]
            )
        );
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> ForgetConsumer(
        string module,
        string name,
        SubscriptionOperations control,
        Caller caller,
        CancellationToken cancellationToken
    ) =>
        (await control.ForgetConsumerAsync(module, name, OperatorId(caller), cancellationToken)).Failed(out var refusal)
            ? Problems.From(refusal)
            : TypedResults.NoContent();

    private static Ok<RunningModule[]> ListModules(ModuleCatalog catalog) =>
        TypedResults.Ok(
            catalog
                .Modules.Select(module => new RunningModule(module.Name, ModuleMigrations.Of(module).Count))
                .ToArray()
        );

    private static async Task<Ok<IReadOnlyList<SubscriptionStatus>>> ListSubscriptions(
        SubscriptionMonitor monitor,
        CancellationToken cancellationToken
    ) =>
        TypedResults.Ok<IReadOnlyList<SubscriptionStatus>>([
            .. await monitor.ReadAsync(consumer: null, cancellationToken),
            .. await monitor.ReadRebuildsAsync(cancellationToken),
        ]);

    private static async Task<Results<Ok<IReadOnlyList<ParkedEvent>>, ProblemHttpResult>> ListParkedEvents(
        [AsParameters] ParkedEventFilter filter,
        ParkedEventOperations parked,
        CancellationToken cancellationToken
    ) =>
        (await parked.ListAsync(filter, cancellationToken)).Failed(out var refusal, out var found)
            ? Problems.From(refusal)
            : TypedResults.Ok(found);

    private static async Task<Results<Ok<ParkedEventDetails>, ProblemHttpResult>> InspectParkedEvent(
        string id,
        ParkedEventOperations parked,
        CancellationToken cancellationToken
    ) =>
        (await parked.InspectAsync(id, cancellationToken)).Failed(out var refusal, out var found)
            ? Problems.From(refusal)
            : TypedResults.Ok(found);

    private static async Task<Results<NoContent, ProblemHttpResult>> EditParkedEvent(
        string id,
        ParkedEventEdit body,
        ParkedEventOperations parked,
        Caller caller,
        CancellationToken cancellationToken
    ) =>
        (await parked.EditAsync(id, body.Payload, body.Reason, OperatorId(caller), cancellationToken)).Failed(
            out var refusal
        )
            ? Problems.From(refusal)
            : TypedResults.NoContent();

    private static async Task<Results<Ok<ParkedEventsTaken>, ProblemHttpResult>> RetryParkedEvents(
        RetryMany body,
        ParkedEventOperations parked,
        Caller caller,
        CancellationToken cancellationToken
    ) =>
        (await parked.RetryAllAsync(body.Filter, body.PerSecond, OperatorId(caller), cancellationToken)).Failed(
            out var refusal,
            out var taken
        )
            ? Problems.From(refusal)
            : TypedResults.Ok(taken);

    private static async Task<Results<Ok<ParkedEventsTaken>, ProblemHttpResult>> DiscardParkedEvents(
        DiscardMany body,
        ParkedEventOperations parked,
        Caller caller,
        CancellationToken cancellationToken
    ) =>
        (await parked.DiscardAllAsync(body.Filter, body.Reason, OperatorId(caller), cancellationToken)).Failed(
            out var refusal,
            out var taken
        )
            ? Problems.From(refusal)
            : TypedResults.Ok(taken);

    private static async Task<Results<NoContent, ProblemHttpResult>> RetryParkedEvent(
        string id,
        ParkedEventOperations parked,
        Caller caller,
        CancellationToken cancellationToken
    ) =>
        (await parked.RetryAsync(id, OperatorId(caller), cancellationToken)).Failed(out var refusal)
            ? Problems.From(refusal)
            : TypedResults.NoContent();

    private static async Task<Results<NoContent, ProblemHttpResult>> DiscardParkedEvent(
        string id,
        DiscardReason body,
        ParkedEventOperations parked,
        Caller caller,
        CancellationToken cancellationToken
    ) =>
        (await parked.DiscardAsync(id, body.Reason, OperatorId(caller), cancellationToken)).Failed(out var refusal)
            ? Problems.From(refusal)
            : TypedResults.NoContent();

    private static string OperatorId(Caller caller) => string.Create(CultureInfo.InvariantCulture, $"{caller.UserId}");
}

/// <summary>A module that runs in this Host.</summary>
/// <param name="Migrations">How many there are in its build; all are applied, or the Host would not have
/// started.</param>
internal sealed record RunningModule(string Name, int Migrations);

/// <summary>Events that cross processes.</summary>
/// <param name="Served">Modules of this Host that are read from elsewhere.</param>
/// <param name="Read">Modules that run elsewhere and are read from here.</param>
internal sealed record Feeds(IReadOnlyList<ServedFeed> Served, IReadOnlyList<ReadFeed> Read);

/// <summary>A module that runs elsewhere, as far as this Host has had answers.</summary>
/// <param name="Module">Its name.</param>
/// <param name="Uri">Where it is asked.</param>
/// <param name="NextSeq">The number of the event that comes next; null before the first answer.</param>
/// <param name="Behind">How many more the home had with the last answer.</param>
/// <param name="AsOf">What the module had committed by then is here, UTC; null while that is not known.</param>
/// <param name="AnsweredAt">When the last answer came, UTC; null before the first one.</param>
internal sealed record ReadFeed(
    string Module,
    Uri Uri,
    long? NextSeq,
    long? Behind,
    DateTimeOffset? AsOf,
    DateTimeOffset? AnsweredAt
);

/// <summary>Why an operator gives an event up.</summary>
/// <param name="Reason" example="The order was entered again by hand.">For the audit; 1 to 500 characters.</param>
internal sealed record DiscardReason(string Reason);

/// <summary>Which events a subscription is to leave alone for now.</summary>
/// <param name="Reason" example="The tax office is being moved.">For whoever looks at it later; 1 to 500
/// characters.</param>
/// <param name="Source">The module that publishes them; null for those of all.</param>
internal sealed record SubscriptionPause(string Reason, string? Source = null);

/// <summary>With which events a paused subscription is to go on.</summary>
/// <param name="Source" example="orders">The module that publishes them; null for those of all.</param>
internal sealed record SubscriptionResumption(string? Source = null);

/// <summary>Over how many lanes the keys are to be spread.</summary>
/// <param name="Lanes" example="4">1 to 16.</param>
/// <param name="Source">Those of the events of this module; null for those of all.</param>
internal sealed record LaneChange(int Lanes, string? Source = null);

/// <summary>What to try instead of a payload that cannot be applied.</summary>
/// <param name="Payload" example="{&quot;orderId&quot;: &quot;0198a000-0000-7000-8000-000000000001&quot;}">The event as
/// its type and version has it.</param>
/// <param name="Reason" example="The country was missing.">For the audit; 1 to 500 characters.</param>
internal sealed record ParkedEventEdit(JsonElement Payload, string Reason);

/// <summary>Which parked events to try again.</summary>
/// <param name="Filter" example="{&quot;subscription&quot;: &quot;analytics&quot;}">At least one of its parts is
/// given.</param>
/// <param name="PerSecond" example="10">1 to 100.</param>
internal sealed record RetryMany(ParkedEventFilter Filter, int PerSecond);

/// <summary>Which parked events to give up for good.</summary>
/// <param name="Filter" example="{&quot;subscription&quot;: &quot;analytics&quot;}">At least one of its parts is
/// given.</param>
/// <param name="Reason" example="All of them are of the load test.">For the audit; 1 to 500 characters.</param>
internal sealed record DiscardMany(ParkedEventFilter Filter, string Reason);
