using BuildingBlocks.EventLog.Publishing;
using BuildingBlocks.EventLog.Sagas;
using BuildingBlocks.EventLog.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace BuildingBlocks.Tests.Database;

/// <summary>A module gets its concurrency tokens without asking, and cannot lose them by accident.</summary>
public sealed class ConcurrencyTokenTests
{
    [Fact]
    public void Every_table_of_a_module_has_one_however_it_is_mapped()
    {
        using Shop shop = new(_ => { });

        Tokens(shop)
            .ShouldBe(
                [
                    "Bill xmin",
                    "Counter Version as xmin",
                    "Line xmin",
                    "Parcel xmin",
                    "Tag (Dictionary<string, object>) xmin",
                ],
                ignoreOrder: true
            );
    }

    [Fact]
    public void Only_what_gives_a_reason_has_none()
    {
        using Shop shop = new(model => model.Entity<Bill>().NeedsNoConcurrencyToken("Bills are only ever added."));

        Tokens(shop).Contains("Bill xmin", StringComparer.Ordinal).ShouldBeFalse();
        Should.Throw<ArgumentException>(() => new ModelBuilder().Entity<Bill>().NeedsNoConcurrencyToken(" "));
        shop.Model.GetEntityTypes()
            .Where(entity => entity.FindAnnotation(ConcurrencyTokens.Waiver) is not null)
            .Select(entity => entity.ClrType)
            .ShouldBe(
                [typeof(Bill), typeof(OutboxEvent), typeof(ScheduledEvent), typeof(SagaHistoryEntry)],
                ignoreOrder: true
            );
    }

    [Fact]
    public void What_takes_it_away_without_a_reason_is_refused()
    {
        using Shop shop = new(model => model.Entity<Bill>().Property<uint>("xmin").IsConcurrencyToken(false));

        Should
            .Throw<InvalidOperationException>(() => shop.Model)
            .Message.ShouldStartWith("Bill keeps its property 'xmin' from being the concurrency token.");
    }

    [Fact]
    public void A_token_that_the_module_keeps_by_hand_is_no_reason_to_do_without()
    {
        using Shop shop = new(model => model.Entity<Bill>().Property(bill => bill.Total).IsConcurrencyToken());

        Tokens(shop).Contains("Bill xmin", StringComparer.Ordinal).ShouldBeTrue();
    }

    private static string[] Tokens(Shop shop) =>
        [
            .. from entity in shop.Model.GetEntityTypes()
            where entity.ClrType.DeclaringType == typeof(ConcurrencyTokenTests) || entity.HasSharedClrType
            from property in entity.GetDeclaredProperties()
            where property is { IsConcurrencyToken: true, ValueGenerated: ValueGenerated.OnAddOrUpdate }
            let column = property.GetColumnName()
            let alias = string.Equals(column, property.Name, StringComparison.Ordinal) ? "" : $" as {column}"
            select $"{entity.DisplayName()} {property.Name}{alias}",
        ];

    private sealed class Bill
    {
        public int Id { get; init; }

        public long Total { get; set; }

        public Address To { get; init; } = new();

        public List<Line> Lines { get; init; } = [];
    }

    private sealed class PaidBill
    {
        public int Id { get; init; }
    }

    private class Parcel
    {
        public int Id { get; init; }
    }

    private sealed class Letter : Parcel
    {
        public int Stamps { get; init; }
    }

    private sealed class Address
    {
        public string Street { get; init; } = "";
    }

    private sealed class Line
    {
        public int Id { get; init; }
    }

    private sealed class Counter
    {
        public int Id { get; init; }

        public uint Version { get; init; }
    }

    private sealed class Shop(Action<ModelBuilder> configure) : ModuleDbContext(Options, "shop")
    {
        // Each test has a model of its own, which EF Core would else keep for the type.
        private static DbContextOptions<Shop> Options =>
            new DbContextOptionsBuilder<Shop>().UseNpgsql().EnableServiceProviderCaching(false).Options;

        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            base.OnModelCreating(modelBuilder);
            modelBuilder.Entity<Bill>(bill =>
            {
                bill.OwnsOne(one => one.To);
                bill.OwnsMany(one => one.Lines).ToTable("lines");
            });
            modelBuilder.Entity<PaidBill>().ToView("paid_bills");
            modelBuilder.Entity<Letter>().HasBaseType<Parcel>();
            modelBuilder.Entity<Counter>().Property(counter => counter.Version).IsRowVersion();
            modelBuilder.SharedTypeEntity<Dictionary<string, object>>("Tag").IndexerProperty<int>("Id");
            configure(modelBuilder);
        }
    }
}
