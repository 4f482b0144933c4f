using System.Text.RegularExpressions;
using BuildingBlocks.Contracts;
using BuildingBlocks.Database;
using BuildingBlocks.Database.Drafting;
using BuildingBlocks.Database.Provisioning;
using BuildingBlocks.EventLog.Events;
using BuildingBlocks.EventLog.Publishing;
using BuildingBlocks.EventLog.Sagas;
using BuildingBlocks.EventLog.Subscriptions;
using BuildingBlocks.Modules;
using BuildingBlocks.Operations;
using BuildingBlocks.Testing.Lanes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Shouldly;
using Xunit;

namespace BuildingBlocks.Testing;

/// <summary>
/// What is true of every module. A module's test project derives one class and has these tests:
/// <code>
/// public sealed class OrdersSpecification(OrdersFixture orders)
///     : ModuleSpecification&lt;OrdersModule&gt;(orders), IClassFixture&lt;OrdersFixture&gt;;
/// </code>
/// </summary>
/// <typeparam name="TModule">The module.</typeparam>
/// <param name="module">Running, on a database of its own.</param>
public abstract partial class ModuleSpecification<TModule>(ModuleFixture<TModule> module)
    where TModule : Module, new()
{
    private const string Refused = PostgresErrorCodes.InsufficientPrivilege;
    private const string Neighbour = "neighbour";

    private ModuleRoles Roles => module.Database.RolesOf(module.Name);

    private bool IsProjection => module.Descriptor.Module.IsProjection;

    private string[] Schemas => IsProjection ? [module.Name, Roles.RebuildSchema] : [module.Name];

    /// <summary>
    /// Everything in the module's schema belongs to its owner role, and its roles own nothing elsewhere.
    /// </summary>
    [Fact]
    public async Task Schema_holds_only_what_its_owner_role_owns_and_nothing_lies_elsewhere()
    {
        var strangers = await module.AdministratorSql.List<string>(
            $"""
            select format('%s %s.%s belongs to %s', kind, n.nspname, name, pg_get_userbyid(owner))
            from ({OwnedObjects}) o join pg_namespace n on n.oid = o.namespace
            where (n.nspname = any ($1)) <> (pg_get_userbyid(owner) = $2) and (n.nspname = any ($1) or pg_get_userbyid(owner) in ($2, $3))
              and n.nspname <> 'pg_toast'
            """,
            Schemas,
            Roles.Owner,
            Roles.App
        );

        strangers.ShouldBeEmpty(
            $"Schema '{module.Name}' is to hold exactly what {Roles.Owner} owns. Write migrations without schema "
                + "names; they run as that role."
        );
    }

    /// <summary>No foreign key leaves or enters the module's schema.</summary>
    [Fact]
    public async Task No_foreign_key_crosses_the_schema()
    {
        var crossing = await module.AdministratorSql.List<string>(
            """
            select conname::text from pg_constraint k join pg_class a on a.oid = k.conrelid join pg_class b on b.oid = k.confrelid
            where k.contype = 'f' and a.relnamespace <> b.relnamespace and $1::regnamespace in (a.relnamespace, b.relnamespace)
            """,
            module.Name
        );

        crossing.ShouldBeEmpty(
            "Ids of other modules are plain columns; keep a copy of what you need of them, fed by their events."
        );
    }

    /// <summary>The role of the running Host reads and writes nothing outside its schema.</summary>
    [Fact]
    public async Task App_role_is_refused_in_every_other_schema()
    {
        await module.Database.ProvisionAndMigrate([new EventSource(Neighbour)], TestContext.Current.CancellationToken);
        var foreign = await module.AdministratorSql.List<string>(
            $"""
            select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p', 'v', 'm') and n.nspname <> all ($1)
              and n.nspname not in ('{ReferenceSchema.Name}', 'pg_catalog', 'information_schema', 'pg_toast')
            """,
            (object)Schemas
        );

        foreign.ShouldNotBeEmpty();
        await AllRefused(
            foreign.SelectMany(table =>
                new[]
                {
                    $"select * from {table}",
                    $"insert into {table} default values",
                    $"delete from {table}",
                    $"truncate {table}",
                }
            )
        );
    }

    /// <summary>Reference data is there for the role of the running Host to read, and for nothing else.</summary>
    [Fact]
    public async Task App_role_reads_reference_data_and_cannot_change_it()
    {
        (await module.Sql.Value<long>($"select count(*) from {ReferenceSchema.Name}.countries")).ShouldBePositive();

        string[] tables =
        [
            $"{ReferenceSchema.Name}.countries",
            $"{ReferenceSchema.Name}.currencies",
            $"{ReferenceSchema.Name}.migrations",
        ];
        await AllRefused(
            tables
                .SelectMany(table =>
                    new[]
                    {
                        $"insert into {table} default values",
                        $"update {table} set name = name",
                        $"delete from {table}",
                        $"truncate {table}",
                        $"drop table {table}",
                    }
                )
                .Append($"create table {ReferenceSchema.Name}.planted ()")
        );
    }

    /// <summary>The role of the running Host makes nothing, not even temporary tables.</summary>
    [Fact]
    public Task App_role_cannot_create_anything() =>
        AllRefused([
            $"create table \"{module.Name}\".planted ()",
            $"create view \"{module.Name}\".planted as select 1",
            $"create sequence \"{module.Name}\".planted",
            $"create function \"{module.Name}\".planted() returns int language sql return 1",
            "create table public.planted ()",
            "create temporary table planted ()",
            "create schema planted",
            "create role planted",
            $"alter table \"{module.Name}\".outbox add column planted int",
        ]);

    /// <summary>
    /// Published history and the history of migrations cannot be rewritten by the role of the running Host.
    /// </summary>
    [Fact]
    public Task App_role_cannot_rewrite_history() =>
        AllRefused([
            "update outbox set key = key",
            "delete from outbox",
            "truncate outbox",
            "insert into migrations (origin, name, checksum) values ('module', '9999_planted.sql', '')",
            "update migrations set checksum = ''",
            "delete from migrations",
        ]);

    /// <summary>What the migrations made is what EF Core works with, column by column.</summary>
    [Fact]
    public async Task Migrations_and_the_model_agree_column_by_column()
    {
        await using var scope = module.Services.CreateAsyncScope();
        var db = (ModuleDbContext)scope.ServiceProvider.GetRequiredService(module.Descriptor.DbContextType!);

        (await SchemaComparison.Differences(db, module.AdministratorSql)).ShouldBeEmpty();
    }

    /// <summary>Nobody's draft begins with what somebody else has left open.</summary>
    [Fact]
    public async Task There_is_no_migration_to_draft_from_the_model()
    {
        await using var connection = await module.AdministratorSql.Connections.OpenConnectionAsync(
            TestContext.Current.CancellationToken
        );
        await using var model = module.Services.ModelOf(module.Descriptor.DbContextType!);

        (
            await SchemaDraft.OfAsync(
                connection,
                ModuleMigrations.Of(module.Descriptor.Module),
                model,
                TestContext.Current.CancellationToken
            )
        ).Sql.ShouldBeEmpty(
            $"'dotnet run --project src/Host -- database diff {module.Name}' writes this as the next migration."
        );
    }

    /// <summary>Data and events are committed together or not at all.</summary>
    [Fact]
    public async Task Outbox_is_atomic_with_state()
    {
        // Those of one millisecond come in any order.
        Guid[] ids = [.. Enumerable.Range(0, 3).Select(_ => Guid.CreateVersion7()).Order()];
        var (before, kept, after) = (ids[0], ids[1], ids[2]);
        await SaveStateAndEvents(kept, kept);

        // EF Core writes events in the order of their ids: with one of the two something is written before it fails.
        foreach (var lost in new[] { before, after })
        {
            var failure = await Record.ExceptionAsync(() => SaveStateAndEvents(lost, lost, kept));
            failure.ShouldBeOfType<DbUpdateException>("A second event of the same id must be refused.");
            (await CountOf("saga_history", "id", lost), await CountOf("outbox", "event_id", lost)).ShouldBe((0, 0));
        }

        (await CountOf("saga_history", "id", kept), await CountOf("outbox", "event_id", kept)).ShouldBe((1, 1));
    }

    /// <summary>
    /// A worker that has read a page which another worker has applied meanwhile, as after a lost connection, applies
    /// none of it again.
    /// </summary>
    [Fact]
    public async Task Every_reaction_survives_double_delivery()
    {
        foreach (var type in module.Descriptor.ConsumedEvents.Where(type => type != typeof(SagaStepTimedOutV1)))
        {
            var example = await ExampleOf(type);
            var late = await module.Pump.LateWorkerFor(type);
            await module.Deliver([example]);
            var once = await Contents();

            (await late.StepAsync(TestContext.Current.CancellationToken)).ShouldBe(
                StepOutcome.Elsewhere,
                $"The second delivery of {type.Name} should have been turned away by the checkpoint."
            );
            (await Contents()).ShouldBe(once, $"The second delivery of {type.Name} changed the module's data.");
        }
    }

    /// <summary>
    /// What calls out of the database may be called again for the same event, as after a death or when an operator sets
    /// a checkpoint back.
    /// </summary>
    [Fact]
    public async Task Every_outbound_reaction_survives_being_called_again()
    {
        foreach (var type in module.Descriptor.Log.OutboundEvents)
        {
            var example = await ExampleOf(type);
            var subscription = module.Pump.OutboundSubscriptionTo(type);
            var before = await module.Sql.Value<string>(
                "select checkpoint::text from subscriptions where name = $1 and source = $2",
                subscription.Name,
                subscription.Source
            );
            await module.Deliver([example]);
            await module.Sql.Execute(
                "update subscriptions set (checkpoint, called) = ($3::text::pg_snapshot, $3::text::pg_snapshot) where "
                    + "name = $1 and source = $2",
                subscription.Name,
                subscription.Source,
                before
            );
            var again = LaneWorker.For(subscription, module.Services);
            while (await again.StepAsync(TestContext.Current.CancellationToken) is StepOutcome.Moved) { }

            (
                await module.Sql.List<string>(
                    "select error from parked_events where subscription = $1 and key = $2",
                    subscription.Name,
                    example.Key
                )
            ).ShouldBeEmpty($"The second call for {type.Name} failed.");
        }
    }

    /// <summary>
    /// Events of different keys that speak of the same rows leave the same rows behind, applied in one lane or in
    /// several beside a command.
    /// </summary>
    [Fact]
    public async Task Several_lanes_beside_a_command_come_to_the_same_as_one()
    {
        LanesTrial<TModule> trial = new(module);
        foreach (var type in module.Descriptor.ConsumedEvents.Where(type => type != typeof(SagaStepTimedOutV1)))
        {
            // Once from nothing, where rows are looked for and added, and once more, where they are found and changed.
            var first = await ExampleOf(type);
            for (var round = 1; round <= 2; round++)
            {
                (await trial.Differences(await InAllLanes(first))).ShouldBeEmpty(
                    $"{type.Name} leaves other rows behind when its keys are spread over {LanesTrial<TModule>.Count} "
                        + "lanes. Statements of your own that read and "
                        + "then write have to lock what they read."
                );
            }
        }
    }

    /// <summary>
    /// A projection that is rebuilt from history comes out the same to the row; nothing else can be rebuilt.
    /// </summary>
    [Fact]
    public async Task Only_a_projection_is_rebuilt_and_it_comes_out_the_same()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var rebuild = module.Services.GetRequiredService<RebuildOperations>();
        if (!IsProjection)
        {
            (await rebuild.StartAsync(module.Name, "specification", cancellationToken))
                .Error.ShouldNotBeNull()
                .Code.ShouldBe(
                    module.Descriptor.ConsumedEvents.Any()
                        ? "operations.not-a-projection"
                        : "operations.unknown-subscription"
                );
            return;
        }

        foreach (var type in module.Descriptor.ConsumedEvents)
        {
            await module.Deliver([await ExampleOf(type)]);
        }

        var (before, tables) = (await Contents(), await LiveTables());
        (await rebuild.StartAsync(module.Name, "specification", cancellationToken)).Error.ShouldBeNull();
        await module.Pump.Rebuild();

        (await Contents()).ShouldBe(before);
        (await LiveTables())
            .Intersect(tables, StringComparer.Ordinal)
            .ShouldBeEmpty("The rebuilt tables should stand where the former ones stood.");
        (
            await module.AdministratorSql.Value<long>(
                $"select count(*) from \"{Roles.Schema}\".subscriptions where name <> $1",
                module.Name
            )
        ).ShouldBe(0);
    }

    /// <summary>Each endpoint names a policy or says that anybody may call it.</summary>
    [Fact]
    public void Every_endpoint_demands_or_waives_authorization()
    {
        module.Host.MapModules();
        var undecided = ((IEndpointRouteBuilder)module.Host)
            .DataSources.SelectMany(source => source.Endpoints)
            .Where(endpoint =>
                endpoint.Metadata.GetMetadata<IAuthorizeData>() is null
                && endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null
            )
            .Select(endpoint => endpoint.DisplayName);

        undecided.ShouldBeEmpty("End the endpoint's Map with .RequireAuthorization(Policies...) or .AllowAnonymous().");
    }

    /// <summary>
    /// Each request that carries anything which could be too long, too large or malformed has a validator. An id is
    /// neither.
    /// </summary>
    [Fact]
    public void Every_request_with_members_has_a_validator()
    {
        var validated = module
            .Descriptor.Validators.Select(validator => validator.Interface.GenericTypeArguments[0])
            .ToHashSet();
        var unvalidated = module
            .Descriptor.Requests.Where(request =>
                request
                    .GetProperties()
                    .Any(member => member.PropertyType != typeof(Guid) && member.PropertyType != typeof(bool))
            )
            .Where(request => !validated.Contains(request))
            .Select(request => request.Name);

        unvalidated.ShouldBeEmpty("Add a <Request>Validator beside the request; it limits every string and number.");
    }

    /// <summary>Each event has a well-formed wire name and comes back from JSON as it went.</summary>
    [Fact]
    public void Every_event_has_a_wire_name_and_survives_its_way_through_JSON()
    {
        foreach (
            var type in module
                .Descriptor.PublishedEvents.Concat(module.Descriptor.HeardEvents)
                .Where(type => type != typeof(SagaStepTimedOutV1))
                .Distinct()
        )
        {
            Attribute
                .IsDefined(type, typeof(IntegrationEventAttribute))
                .ShouldBeTrue($"{type.Name} needs [IntegrationEvent(\"...\", version: 1)].");
            var (name, version) = EventName.Of(type);
            WireName()
                .IsMatch(name)
                .ShouldBeTrue(
                    $"{type.Name} is '{name}' on the wire; use lower-case words joined by dots and hyphens, such as "
                        + "order.confirmed."
                );
            version.ShouldBeGreaterThan((short)0, type.Name);

            var example = EventExample.Of(type);
            example.Key.Length.ShouldBeInRange(1, 200, $"The key of {type.Name}");
            var json = EventSerializer.Serialize(example);
            var back = EventSerializer.Deserialize(json, type);
            (back.Key, EventSerializer.Serialize(back)).ShouldBe(
                (example.Key, json),
                $"{type.Name} does not come back from JSON as it went."
            );
        }
    }

    /// <summary>
    /// An event that the module can apply, for the test of double delivery. Override it where a made-up one is refused,
    /// such as an event that only makes sense for something the module has: make that first, and answer an event about
    /// it.
    /// </summary>
    /// <param name="eventType">One that the module reacts to.</param>
    protected virtual Task<IIntegrationEvent> ExampleOf(Type eventType) => Task.FromResult(EventExample.Of(eventType));

    /// <summary>Two events for each lane that differ in nothing but what their keys tell.</summary>
    private async Task<IReadOnlyList<IIntegrationEvent>> InAllLanes(IIntegrationEvent first)
    {
        var missing = Enumerable.Repeat(2, LanesTrial<TModule>.Count).ToArray();
        List<IIntegrationEvent> events = [];
        while (missing.Any(count => count > 0))
        {
            var next = EventExample.SpeakingOfTheSame(first, await ExampleOf(first.GetType()));
            if (missing[KeyLane.Of(next.Key, missing.Length)]-- > 0)
            {
                events.Add(next);
            }
        }

        return events;
    }

    private const string OwnedObjects = """
        select 'relation' as kind, relname::text as name, relnamespace as namespace, relowner as owner from pg_class
        union all select 'function', proname::text, pronamespace, proowner from pg_proc
        union all select 'type', typname::text, typnamespace, typowner from pg_type
        """;

    private async Task AllRefused(IEnumerable<string> statements)
    {
        List<string> obeyed = [];
        foreach (var statement in statements)
        {
            var state = await module.Sql.Refusal(statement);
            if (!string.Equals(state, Refused, StringComparison.Ordinal))
            {
                obeyed.Add($"{statement} -> {state ?? "done"}");
            }
        }

        obeyed.ShouldBeEmpty(
            $"{Roles.App} should be refused with {Refused}. Look for grants in the module's migrations."
        );
    }

    private async Task SaveStateAndEvents(Guid state, params Guid[] events)
    {
        await using var scope = module.Services.CreateAsyncScope();
        var db = (ModuleDbContext)scope.ServiceProvider.GetRequiredService(module.Descriptor.DbContextType!);
        db.Add(
            new SagaHistoryEntry
            {
                Saga = "specification",
                Id = state,
                What = "saved",
                At = module.Clock.Now,
            }
        );
        db.AddRange(
            events.Select(id => new OutboxEvent
            {
                EventId = id,
                EventType = "specification.saved",
                EventVersion = 1,
                Key = "specification",
                Payload = "{}",
                CorrelationId = "specification",
            })
        );
        await db.SaveChangesAsync(TestContext.Current.CancellationToken);
    }

    private async Task<int> CountOf(string table, string column, Guid id) =>
        (int)await module.Sql.Value<long>($"select count(*) from {table} where {column} = $1", id);

    /// <summary>The module's own tables by what the database calls them, whatever their names.</summary>
    private Task<IReadOnlyList<string>> LiveTables() =>
        module.AdministratorSql.List<string>(
            """
            select live.oid::text from pg_class live join pg_class rebuilt on rebuilt.relname = live.relname and rebuilt.relkind = live.relkind
            where live.relnamespace = $1::regnamespace and rebuilt.relnamespace = $2::regnamespace and live.relkind in ('r', 'i')
            """,
            Roles.Schema,
            Roles.RebuildSchema
        );

    private async Task<IReadOnlyList<string>> Contents()
    {
        var tables = await module.AdministratorSql.List<string>(
            "select relname::text from pg_class where relnamespace = $1::regnamespace and relkind = 'r' and relname "
                + "<> 'subscriptions' order by 1",
            module.Name
        );
        List<string> contents = [];
        foreach (var table in tables)
        {
            contents.AddRange(
                await module.Sql.List<string>($"select '{table}: ' || to_jsonb(t)::text from \"{table}\" t order by 1")
            );
        }

        return contents;
    }

    [GeneratedRegex(
        "^[a-z][a-z0-9-]*(\\.[a-z][a-z0-9-]*)+$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex WireName();
}
