using Analyzers.Tests.Running;

namespace Analyzers.Tests.Rules;

/// <summary>A correct module may be written in a style that is not ours.</summary>
public sealed class UnusualModuleTests
{
    [Fact]
    public Task Nothing_is_reported_on_a_correct_module_in_an_unusual_style() =>
        Marked.Code(
            """"
            // src/Modules/Orders/Orders/GlobalUsings.cs
            global using Stock = Inventory.Contracts;
            global using Db = Orders.Persistence.OrdersDbContext;
            global using static Orders.Persistence.Tables;

            // src/Modules/Orders/Orders/OrdersModule.cs
            namespace Orders
            {
                public sealed class OrdersModule : Module
                {
                    private const string ModuleName = "orders";

                    public override string Name { get { return ModuleName; } }

                    protected override void Configure(ModuleBuilder module)
                    {
                        module.Database<Db>();
                        module.With(services => services.AddHostedService<Background.Sweeper>());
                    }
                }
            }

            // src/Modules/Orders/Orders/Persistence/Orders.cs
            namespace Orders.Persistence
            {
                using Orders.Domain;

                internal static class Tables
                {
                    public const string Own = "orders";
                    public const string Lines = Own + "." + "order_lines";
                    public static string Customers => "customers";
                }

                internal partial class OrdersDbContext : ModuleDbContext
                {
                    public OrdersDbContext(DbContextOptions<OrdersDbContext> options)
                        : base(options, schema: Own)
                    {
                    }
                }

                internal partial class OrdersDbContext
                {
                    protected override void OnModelCreating(ModelBuilder modelBuilder)
                    {
                        base.OnModelCreating(modelBuilder);
                        modelBuilder.Entity<Order>(order =>
                        {
                            order.ToTable(name: "orders", schema: "orders");
                        });
                    }

                    public override int SaveChanges(bool acceptAllChangesOnSuccess)
                    {
                        return base.SaveChanges(acceptAllChangesOnSuccess);
                    }

                    public Task<int> Sweep(string customer)
                    {
                        var sql = new System.Text.StringBuilder();
                        sql.Append("delete from ").Append(Lines).Append(" as inventory");
                        sql.AppendLine(" using orders.orders o, " + Customers + " c");
                        sql.AppendFormat(" where inventory.order_id = o.id and {0}.name = @name and customers.id = c.id", Customers);
                        return Database.ExecuteSqlRawAsync(sql.ToString(), new NpgsqlParameter("name", customer));
                    }

                    public IQueryable<Order> Found() => Set<Order>().FromSqlRaw($"select orders.*, orders.xmin from {Own}.{Own} /* not inventory.stock_levels */");

                    public IQueryable<string> Names() => Database.SqlQueryRaw<string>(
                        "with inventory as (select sku from order_lines), payments (n) as (select 1) "
                        + "select inventory.sku as \"Value\" from inventory, payments where payments.n = 1 and inventory.sku <> 'from inventory.stock_levels'");
                }
            }

            // src/Modules/Orders/Orders/Domain/Order.cs
            namespace Orders.Domain
            {
                using Orders.Contracts;

                internal partial class Order
                {
                    public Guid Id { get; private set; }
                }

                internal partial class Order
                {
                    public IEnumerable<IIntegrationEvent> Events
                    {
                        get { yield return new OrderPlacedV1(Id); }
                    }
                }
            }

            // src/Modules/Orders/Orders/Domain/OrderMembers.cs
            namespace Orders.Domain
            {
                internal static class OrderMembers
                {
                    extension(Order order)
                    {
                        public Orders.Contracts.OrderPlacedV1 ToPlaced() => new(order.Id);

                        public string Number => order.Id.ToString("N");
                    }
                }
            }

            // src/Modules/Orders/Orders/Features/PlaceOrder.cs
            namespace Orders.Features
            {
                using Orders.Domain;

                internal static class PlaceOrder
                {
                    internal sealed record Command(Guid Id) : ICommand;

                    internal sealed class Handler : MediatR.IRequestHandler<Command, Result>
                    {
                        private readonly Db db;

                        public Handler(Db db)
                        {
                            this.db = db;
                        }

                        async Task<Result> MediatR.IRequestHandler<Command, Result>.Handle(Command request, CancellationToken cancellationToken)
                        {
                            async Task Save() => await db.SaveChangesAsync(cancellationToken);
                            db.Add(new Order());
                            await Save();
                            return Result.Done;
                        }
                    }
                }
            }

            // src/Modules/Orders/Orders/Shipping/Labels.cs
            namespace Orders.Shipping
            {
                using Microsoft.Extensions.Logging;

                internal readonly record struct Label(string Catalog, IReadOnlyDictionary<string, List<(int Payments, string Users)>> Inventory);

                internal static class Labels
                {
                    /// <summary>Of what <see cref="Stock.StockAdjustedV1"/> says; see inventory.stock_levels.</summary>
                    public static string Of(Label label, ILogger log)
                    {
                        log.LogInformation("Labels come from inventory.labels, and {Count} go into customers.labels", label.Inventory.Count);
                        const string Sql = "select customers.name as inventory, o.orders from customers join lateral (select 1 as orders) o on customers.id is not null";
                        var url = new Uri("https://example.com/inventory/stock_levels?from=inventory.stock&schema=inventory");
                        var section = "Modules are listed under Modules:All";
                        var role = "A user of the role buyer_inventory may look";
                        return Sql + url + section + role + nameof(Label.Inventory) + typeof(Inner.Inventory).Name;
                    }

                    private static class Inner
                    {
                        internal sealed class Inventory;
                    }
                }
            }

            namespace Orders.Inventory.Domain
            {
                internal sealed class StockLevel
                {
                    private static readonly Type Own = Type.GetType("Orders.Inventory.Domain.StockLevel, Orders")!;

                    public static implicit operator StockLevel(int pieces) => new() { Pieces = pieces };

                    public int Pieces { get; private set; }

                    public static string Name => Own.Name;
                }
            }

            // src/Modules/Orders/Orders/Features/ReadCountries.cs
            namespace Orders.Features
            {
                using BuildingBlocks.Web;
                using Microsoft.AspNetCore.Builder;
                using Microsoft.AspNetCore.Http;
                using Microsoft.AspNetCore.Routing;

                internal class ReadCountries : IEndpoint
                {
                    static void IEndpoint.Map(IEndpointRouteBuilder routes)
                    {
                        var group = routes.MapGroup("/orders").RequireAuthorization();
                        _ = group.MapGet("/countries", async (Db db) => await db.Database.SqlQuery<string>($"select code as \"Value\" from reference.countries").ToListAsync());
                        foreach (var method in new[] { "GET", "HEAD" })
                        {
                            routes.MapMethods("/inventory/orders", [method], () => Results.Ok()).AllowAnonymous();
                        }
                    }
                }
            }

            // src/Modules/Orders/Orders/Features/Checks.cs
            namespace Orders.Features
            {
                internal static class Checks
                {
                    public const string Error = "inventory.unknown-sku";
                    public const string Route = "/inventory/stock";
                    public const string Prose = "Select what came from inventory. Join inventory.stock with care; update the payments.captured metric.";
                    public static string Text(int count) => $"Update {count} of inventory.stock_levels in orders.csv";
                }
            }

            // src/Modules/Orders/Orders/Reactions/Reacting.cs
            namespace Orders.Reactions
            {
                using Level = Stock.StockAdjustedV1;

                internal abstract class Reacting<T> : IReaction<T>
                    where T : IIntegrationEvent
                {
                    public abstract Task Handle(T happened, EventContext context, CancellationToken cancellationToken);
                }

                internal sealed class CopyStock(Db db) : Reacting<Level>
                {
                    public override async Task Handle(Level happened, EventContext context, CancellationToken cancellationToken)
                    {
                        var (sku, onHand) = happened;
                        await db.Database.ExecuteSqlAsync($"""
                            insert into stock_copies as catalog (sku, on_hand) values ({sku}, {onHand})
                            on conflict (sku) do update set on_hand = excluded.on_hand where catalog.on_hand <> excluded.on_hand
                            """, cancellationToken);
                    }
                }
            }

            // src/Modules/Orders/Orders/Background/Sweeper.cs
            namespace Orders.Background
            {
                internal sealed class Sweeper : BackgroundService
                {
                    private readonly IServiceScopeFactory scopes;
                    private readonly HttpClient http = new();

                    public Sweeper(IServiceScopeFactory scopes) => this.scopes = scopes;

                    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
                    {
                        using var scope = scopes.CreateScope();
                        var db = scope.ServiceProvider.GetRequiredService<Db>();
                        await http.GetAsync(new Uri("https://example.com"), stoppingToken);
                        await db.SaveChangesAsync(stoppingToken);
                    }
                }
            }

            // src/Modules/Orders/Orders/Persistence/Migrations/0001_orders.sql
            create table orders (id uuid primary key);
            CREATE TABLE "orders"."order_lines" (id uuid references orders (id), sku text);
            create table customers (id uuid primary key, name text not null);
            comment on column customers.name is 'as customers.customers has it';
            create index orders_id on orders (id) where orders.id is not null;
            insert into customers (id, name) select orders.id, 'from inventory.stock_levels' from orders on conflict (id) do update set name = customers.name;

            // src/Modules/Orders/Orders.Contracts/OrderPlacedV1.cs
            namespace Orders.Contracts
            {
                using BuildingBlocks.Contracts;

                [IntegrationEvent(Names.Placed, 1)]
                public sealed record OrderPlacedV1 : IIntegrationEvent
                {
                    public OrderPlacedV1(Guid orderId) => OrderId = orderId;

                    public Guid OrderId { get; }

                    string IIntegrationEvent.Key => OrderId.ToString();
                }

                internal static class Names
                {
                    public const string Placed = "order.placed";
                }
            }

            // src/Modules/Inventory/Inventory.Contracts/StockAdjustedV1.cs
            namespace Inventory.Contracts;

            [IntegrationEvent("stock.adjusted", version: 1)]
            public sealed record StockAdjustedV1(string Sku, int OnHand) : IIntegrationEvent
            {
                public string Key => Sku;
            }

            // src/Modules/Payments/Payments/PaymentsModule.cs
            namespace Payments;

            // src/Modules/Catalog/Catalog/CatalogModule.cs
            namespace Catalog;

            // src/Modules/Customers/Customers/CustomersModule.cs
            namespace Customers;
            """"
        );
}
