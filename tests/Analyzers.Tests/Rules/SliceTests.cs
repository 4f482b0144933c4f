using Analyzers.Tests.Running;

namespace Analyzers.Tests.Rules;

public sealed class SliceTests
{
    private const string Context = """

        // src/Modules/Orders/Orders/Persistence/OrdersDbContext.cs
        using Orders.Domain;
        using Orders.Contracts;

        namespace Orders.Persistence
        {
            internal sealed class OrdersDbContext(DbContextOptions<OrdersDbContext> options) : ModuleDbContext(options, "orders")
            {
                public DbSet<Line> Lines => Set<Line>();
            }
        }

        namespace Orders.Domain
        {
            internal sealed class Line
            {
                public int Id { get; private set; }
            }
        }

        // src/Modules/Orders/Orders.Contracts/OrderPlacedV1.cs
        namespace Orders.Contracts;

        [IntegrationEvent("order.placed", version: 1)]
        public sealed record OrderPlacedV1(Guid OrderId) : IIntegrationEvent
        {
            public string Key => OrderId.ToString();
        }
        """;

    [Fact]
    public Task A_use_case_stands_in_the_file_of_its_name() =>
        Marked.Code(
            """
            // src/Modules/Orders/Orders/Features/PlaceOrder.cs
            namespace Orders.Features;

            internal sealed record PlaceOrder(Guid Id) : ICommand;

            internal sealed record {|MM0007:CancelOrder|}(Guid Id) : ICommand<string>;

            // src/Modules/Orders/Orders/Features/Reading/Misc.cs
            namespace Orders.Features.Reading;

            internal sealed record {|MM0007:GetOrder|}(Guid Id) : IQuery<string>;

            internal sealed record NoRequest(Guid Id);

            // src/Modules/Orders/Orders/Features/ListOrders.Parts.cs
            namespace Orders.Features;

            internal sealed partial record ListOrders(int Limit) : IQuery<string>;

            // src/Modules/Orders/Orders/Features/Export.cs
            namespace Orders.Features;

            internal static class Export
            {
                internal sealed record Command(Guid Id) : ICommand;
            }

            internal abstract record Paged(int Limit) : IQuery<string>;

            // src/Modules/Orders/Orders/Demo/Load.cs
            namespace Orders.Demo;

            internal sealed record Elsewhere(Guid Id) : ICommand;
            """
        );

    [Fact]
    public Task Only_who_begins_a_unit_of_work_saves() =>
        Marked.Code(
            """
            using Orders.Contracts;
            using Orders.Persistence;

            namespace Orders.Features;

            internal sealed class React(OrdersDbContext db, IServiceScopeFactory scopes) : IReaction<OrderPlacedV1>
            {
                public async Task Handle(OrderPlacedV1 happened, EventContext context, CancellationToken cancellationToken)
                {
                    await {|MM0008:db.SaveChangesAsync(cancellationToken)|};
                    using var scope = scopes.CreateScope();
                    {|MM0008:scope.ServiceProvider.GetRequiredService<OrdersDbContext>().SaveChanges()|};
                }
            }

            internal sealed class CallOut(OrdersDbContext db) : IOutboundReaction<OrderPlacedV1>
            {
                public async Task Handle(OrderPlacedV1 happened, EventContext context, CancellationToken cancellationToken)
                {
                    await {|MM0008:db.SaveChangesAsync(cancellationToken)|};
                    await {|MM0008:db.Database.BeginTransactionAsync(cancellationToken)|};
                }
            }

            internal sealed class Helper(OrdersDbContext db)
            {
                public Task Save() => {|MM0008:db.SaveChangesAsync()|};

                public Func<int> Later() => {|MM0008:db.SaveChanges|};
            }

            internal sealed record Sample(int Limit) : IQuery<string>;

            internal sealed class SampleHandler(OrdersDbContext db) : IQueryHandler<Sample, string>
            {
                public async Task<Result<string>> Handle(Sample query, CancellationToken cancellationToken)
                {
                    await {|MM0008:db.SaveChangesAsync(cancellationToken)|};
                    return "";
                }
            }
            """ + Context
        );

    [Fact]
    public Task Handlers_demo_data_background_work_and_overrides_save() =>
        Marked.Code(
            """
            using Orders.Domain;
            using Orders.Persistence;

            namespace Orders.Features;

            internal sealed record Sample(int Limit) : ICommand;

            internal sealed class SampleHandler(OrdersDbContext db) : ICommandHandler<Sample>
            {
                public async Task<Result> Handle(Sample command, CancellationToken cancellationToken)
                {
                    await Retry(() => db.SaveChangesAsync(cancellationToken));
                    await new Inner().Run(db);
                    return Result.Done;
                }

                private static Task Retry(Func<Task> work) => work();

                private sealed class Inner
                {
                    public Task Run(OrdersDbContext db) => db.SaveChangesAsync();
                }
            }

            internal abstract class SavingHandler<TCommand>(OrdersDbContext db) : MediatR.IRequestHandler<TCommand, Result>
                where TCommand : ICommand
            {
                public async Task<Result> Handle(TCommand command, CancellationToken cancellationToken)
                {
                    await db.SaveChangesAsync(cancellationToken);
                    return Result.Done;
                }
            }

            internal sealed class ForTheHost(OrdersDbContext db) : IModuleCommandHandler<Import, Imported>
            {
                public async Task<Result<Imported>> Handle(Import command, CancellationToken cancellationToken)
                {
                    await db.SaveChangesAsync(cancellationToken);
                    return new Imported(1);
                }
            }

            internal sealed record Import(int Count) : IModuleCommand<Imported>;

            internal sealed record Imported(int Count);

            internal sealed class Demo(OrdersDbContext db) : IDemoData
            {
                public Task Load(CancellationToken cancellationToken) => db.SaveChangesAsync(cancellationToken);
            }

            internal sealed class Work(IServiceScopeFactory scopes) : BackgroundService
            {
                protected override async Task ExecuteAsync(CancellationToken stoppingToken)
                {
                    await using var scope = scopes.CreateAsyncScope();
                    await scope.ServiceProvider.GetRequiredService<OrdersDbContext>().SaveChangesAsync(stoppingToken);
                }
            }

            internal sealed class Audited(DbContextOptions<Audited> options) : ModuleDbContext(options, "orders")
            {
                public override Task<int> SaveChangesAsync(CancellationToken cancellationToken = default) => base.SaveChangesAsync(cancellationToken);
            }
            """ + Context
        );

    [Fact]
    public async Task A_reaction_does_not_reach_out_of_the_database()
    {
        var found = await Marked.Code(
            """
            using System.Net.Mail;
            using Orders.Contracts;
            using Orders.Persistence;

            namespace Orders.Features;

            internal sealed class Direct(HttpClient {|MM0009:http|}) : IReaction<OrderPlacedV1>
            {
                public async Task Handle(OrderPlacedV1 happened, EventContext context, CancellationToken cancellationToken)
                {
                    await http.GetAsync("/", cancellationToken);
                    using var mail = {|MM0009:new SmtpClient()|};
                    using System.Net.Sockets.TcpClient tcp = {|MM0009:new()|};
                }
            }

            internal sealed class Indirect(Receipts {|MM0009:receipts|}, IPaymentGateway {|MM0009:gateway|}, Lazy<INotifier> {|MM0009:notifier|}) : IReaction<OrderPlacedV1>
            {
                public Task Handle(OrderPlacedV1 happened, EventContext context, CancellationToken cancellationToken) => Task.WhenAll(receipts.Print(), gateway.Pay(), Task.FromResult(notifier));
            }

            internal sealed class Many(HttpClient {|MM0009:http|}) : IBatchReaction<OrderPlacedV1>
            {
                public Task Handle(IReadOnlyList<EventWithContext<OrderPlacedV1>> events, CancellationToken cancellationToken) => http.GetAsync("/", cancellationToken);
            }

            internal sealed class LooksUp(IServiceProvider services) : IReaction<OrderPlacedV1>
            {
                public Task Handle(OrderPlacedV1 happened, EventContext context, CancellationToken cancellationToken)
                {
                    _ = {|MM0009:services.GetRequiredService<IHttpClientFactory>()|};
                    return {|MM0009:Shouting.Shout()|};
                }
            }

            internal sealed class CallsOut(HttpClient http, IPaymentGateway gateway) : IOutboundReaction<OrderPlacedV1>
            {
                public Task Handle(OrderPlacedV1 happened, EventContext context, CancellationToken cancellationToken) => Task.WhenAll(http.GetAsync("/", cancellationToken), gateway.Pay());
            }

            internal sealed class Receipts(Printer printer)
            {
                public Task Print() => printer.Print();
            }

            internal sealed class Printer(IHttpClientFactory clients)
            {
                public Task Print() => clients.CreateClient().GetAsync("/");
            }

            internal interface IPaymentGateway
            {
                Task Pay();
            }

            internal interface INotifier;

            internal sealed class MailNotifier(SmtpClient smtp) : INotifier
            {
                public SmtpClient Smtp => smtp;
            }

            internal static class Shouting
            {
                private static readonly HttpClient Client = new();

                public static Task Shout() => Client.GetAsync("/");
            }
            """ + Context
        );

        found.ShouldContain(one =>
            one.Message.StartsWith(
                "Orders.Features.Indirect is given Receipts, which has Printer, which has IHttpClientFactory, and so "
                    + "reaches out",
                StringComparison.Ordinal
            )
        );
    }

    [Fact]
    public Task A_reaction_may_use_what_stays_inside() =>
        Marked.Code(
            """
            using Orders.Contracts;
            using Orders.Domain;
            using Orders.Persistence;

            namespace Orders.Features;

            internal sealed class Fine(OrdersDbContext db, Signal signal, TimeProvider clock, Node node, Microsoft.Extensions.Logging.ILogger<Fine> log) : IReaction<OrderPlacedV1>
            {
                public async Task Handle(OrderPlacedV1 happened, EventContext context, CancellationToken cancellationToken)
                {
                    db.Add(new Line());
                    signal.Raise();
                    if (await db.Lines.AnyAsync(cancellationToken))
                    {
                        throw new HttpRequestException(clock.GetUtcNow().ToString() + node + log);
                    }
                }
            }

            internal sealed class Signal
            {
                private readonly SemaphoreSlim raised = new(0);

                public void Raise() => raised.Release();
            }

            internal sealed class Node(Node? parent)
            {
                public Node? Parent => parent;
            }

            internal sealed class Processor(HttpClient http)
            {
                public HttpClient Http => http;
            }
            """ + Context
        );
}
