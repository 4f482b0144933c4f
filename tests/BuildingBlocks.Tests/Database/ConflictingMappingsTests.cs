using BuildingBlocks.EventLog.Publishing;
using BuildingBlocks.EventLog.Storage;
using BuildingBlocks.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace BuildingBlocks.Tests.Database;

/// <summary>However an entity is mapped to rows, of two that change the same from the same state one is told.</summary>
public sealed class ConflictingMappingsTests : IAsyncLifetime
{
    private static readonly Dictionary<string, (Action<Shop> Add, Func<Shop, Task> Change)> Mappings = new(
        StringComparer.Ordinal
    )
    {
        ["a table"] = (db => db.Add(new Plain { Id = 1 }), async db => (await db.FindAsync<Plain>(1))!.Points++),
        ["a value in the same row"] = (
            db => db.Add(new Plain { Id = 1 }),
            async db => (await db.FindAsync<Plain>(1))!.Home.Points++
        ),
        ["a value in JSON"] = (
            db => db.Add(new Plain { Id = 1 }),
            async db => (await db.FindAsync<Plain>(1))!.Extra.Points++
        ),
        ["a derived type in its base's table"] = (
            db => db.Add(new Leaf { Id = 1 }),
            async db => (await db.FindAsync<Leaf>(1))!.Points++
        ),
        ["a derived type in a table beside"] = (
            db => db.Add(new Dog { Id = 1 }),
            async db => (await db.FindAsync<Dog>(1))!.Points++
        ),
        ["the base of a derived type in a table beside"] = (
            db => db.Add(new Dog { Id = 1 }),
            async db => (await db.FindAsync<Dog>(1))!.Age++
        ),
        ["a derived type in a table of its own"] = (
            db => db.Add(new Car { Id = 1 }),
            async db => (await db.FindAsync<Car>(1))!.Points++
        ),
        ["the base of a derived type in a table of its own"] = (
            db => db.Add(new Car { Id = 1 }),
            async db => (await db.FindAsync<Car>(1))!.Age++
        ),
        ["a row version that PostgreSQL does not change"] = (
            db => db.Add(new Versioned { Id = 1 }),
            async db => (await db.FindAsync<Versioned>(1))!.Points++
        ),
    };

    private TestDatabase database = null!;

    public static TheoryData<string> Names => [.. Mappings.Keys];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.Create(Cancellation);
        await using var db = Open();
        await db.GetService<IRelationalDatabaseCreator>().CreateTablesAsync(Cancellation);
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Is_noticed_in(string mapping)
    {
        var (add, change) = Mappings[mapping];
        await using (var first = Open())
        {
            add(first);
            await first.SaveChangesAsync(Cancellation);
        }

        await using var one = Open();
        await using var other = Open();
        await change(one);
        await change(other);

        await one.SaveChangesAsync(Cancellation);
        await Should.ThrowAsync<DbUpdateConcurrencyException>(() => other.SaveChangesAsync(Cancellation));
    }

    [Fact]
    public void What_is_split_over_tables_is_refused_unless_it_says_why()
    {
        using Split split = new(waived: false);
        using Split waived = new(waived: true);

        Should
            .Throw<InvalidOperationException>(() => split.Model)
            .Message.ShouldStartWith("Dog is split over several tables");
        waived.Model.FindEntityType(typeof(Dog))!.FindProperty("xmin").ShouldBeNull();
    }

    private Shop Open()
    {
        Shop db = new();
        db.BeginScope(new NpgsqlConnection(database.AdministratorConnectionString), owned: true);
        return db;
    }

    private sealed class Plain
    {
        public int Id { get; init; }

        public int Points { get; set; }

        public Part Home { get; init; } = new();

        public Part Extra { get; init; } = new();
    }

    private sealed class Part
    {
        public int Points { get; set; }
    }

    private class Root
    {
        public int Id { get; init; }
    }

    private sealed class Leaf : Root
    {
        public int Points { get; set; }
    }

    private class Animal
    {
        public int Id { get; init; }

        public int Age { get; set; }
    }

    private sealed class Dog : Animal
    {
        public int Points { get; set; }
    }

    private abstract class Vehicle
    {
        public int Id { get; init; }

        public int Age { get; set; }
    }

    private sealed class Car : Vehicle
    {
        public int Points { get; set; }
    }

    private sealed class Versioned
    {
        public int Id { get; init; }

        public int Points { get; set; }

        public byte[] Version { get; init; } = [];
    }

    private sealed class Shop() : ModuleDbContext(new DbContextOptionsBuilder<Shop>().UseNpgsql().Options, "shop")
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.Entity<Plain>(plain =>
            {
                plain.OwnsOne(one => one.Home);
                plain.OwnsOne(one => one.Extra, extra => extra.ToJson());
            });
            modelBuilder.Entity<Root>();
            modelBuilder.Entity<Leaf>();
            modelBuilder.Entity<Animal>().UseTptMappingStrategy();
            modelBuilder.Entity<Dog>();
            modelBuilder.Entity<Vehicle>().UseTpcMappingStrategy();
            modelBuilder.Entity<Car>();
            modelBuilder
                .Entity<Versioned>()
                .Property(one => one.Version)
                .IsRowVersion()
                .HasDefaultValueSql("'\\x01'::bytea");
            base.OnModelCreating(modelBuilder);
        }
    }

    private sealed class Split(bool waived)
        : ModuleDbContext(
            new DbContextOptionsBuilder<Split>().UseNpgsql().EnableServiceProviderCaching(false).Options,
            "split"
        )
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.Entity<Dog>(dog =>
            {
                dog.SplitToTable("points", points => points.Property(one => one.Points));
                if (waived)
                {
                    dog.NeedsNoConcurrencyToken("Dogs are only ever added.");
                }
            });
            base.OnModelCreating(modelBuilder);
        }
    }
}
