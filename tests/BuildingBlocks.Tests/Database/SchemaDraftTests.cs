using BuildingBlocks.Database.Drafting;
using BuildingBlocks.Database.Provisioning;
using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.EventLog.Migrations;
using BuildingBlocks.EventLog.Publishing;
using BuildingBlocks.Testing;
using BuildingBlocks.Tests.Probe;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace BuildingBlocks.Tests.Database;

/// <summary>What takes the schema that migrations make to the model, drafted for a person to read and apply.</summary>
public sealed class SchemaDraftTests
{
    /// <summary>What somebody may do to a model, and a piece of what is drafted then.</summary>
    private static readonly Dictionary<string, (Action<ModelBuilder> Change, string Drafted)> Changes = new(
        StringComparer.Ordinal
    )
    {
        ["a column that may be null"] = (
            model => model.Entity<Note>().Property<string>("Remark"),
            "alter table notes add column remark text;"
        ),
        ["columns that must have a value"] = (
            model =>
            {
                model.Entity<Note>().Property<int>("Weight");
                model.Entity<Note>().Property<string>("Author").IsRequired();
                model.Entity<Note>().Property<Guid>("Owner");
                model.Entity<Note>().Property<DateTimeOffset>("TakenAt");
                model.Entity<Note>().Property<bool>("Pinned");
                model.Entity<Note>().Property<string[]>("Tags").IsRequired();
                model.Entity<Note>().Property<string>("Extra").HasColumnType("jsonb").IsRequired();
            },
            "alter table notes alter column weight drop default;"
        ),
        ["a column with a default"] = (
            model => model.Entity<Note>().Property<DateTimeOffset>("MadeAt").HasDefaultValueSql("now()"),
            "alter table notes add column made_at timestamp with time zone not null default now();"
        ),
        ["a default of a column there is"] = (
            model => model.Entity<Note>().Property(note => note.Colour).HasDefaultValue("blue; 'Dark'"),
            "alter table notes alter column colour set default 'blue; ''Dark'''::text;"
        ),
        ["a generated column"] = (
            model =>
                model
                    .Entity<Note>()
                    .Property<string>("Shout")
                    .HasComputedColumnSql("upper(title || '!')", stored: true),
            "alter table notes add column shout text generated always as (upper(title || '!'::text)) stored;"
        ),
        ["another type"] = (
            model => model.Entity<Note>().Property(note => note.Times).HasColumnType("bigint"),
            "alter table notes alter column times type bigint using times::bigint;"
        ),
        ["a longest length"] = (
            model => model.Entity<Note>().Property(note => note.Title).HasMaxLength(80),
            "alter table notes alter column title type character varying(80) using title::character varying(80);"
        ),
        ["a value that must be there"] = (
            model => model.Entity<Note>().Property(note => note.Colour).IsRequired(),
            """
            -- Fails where colour is null: give those rows a value first.
            alter table notes alter column colour set not null;
            """
        ),
        ["another order of text"] = (
            model => model.Entity<Note>().Property(note => note.Title).UseCollation("C"),
            "alter table notes alter column title type text collate \"C\";"
        ),
        ["another name"] = (
            model => model.Entity<Note>().Property(note => note.Colour).HasColumnName("paint"),
            """
            -- Loses what is in colour. If it is called paint now: rename column colour to paint.
            alter table notes
              add column paint text,
              drop column colour;
            """
        ),
        ["an index"] = (
            model => model.Entity<Note>().HasIndex(note => new { note.Colour, note.Times }),
            "create index notes_colour_times_idx on notes (colour, times);"
        ),
        ["an index that is unique, descending and of some rows"] = (
            model =>
                model
                    .Entity<Note>()
                    .HasIndex(note => note.Times)
                    .IsUnique()
                    .IsDescending()
                    .HasFilter("times > 0")
                    .HasDatabaseName("notes_often_key"),
            "create unique index notes_often_key on notes (times desc) where times > 0;"
        ),
        ["an index of another kind"] = (
            model => model.Entity<Note>().HasIndex(note => note.Colour).HasMethod("hash"),
            "create index notes_colour_idx on notes using hash (colour);"
        ),
        ["a check"] = (
            model => model.Entity<Note>().ToTable(table => table.HasCheckConstraint("notes_times_check", "times >= 0")),
            "alter table notes add constraint notes_times_check check (times >= 0);"
        ),
        ["a key beside the primary one"] = (
            model => model.Entity<Trip>().HasAlternateKey("Id", "Status"),
            "alter table trips add constraint trips_id_status_key unique (id, status);"
        ),
        ["a key that another table refers to"] = (
            model =>
            {
                model.Entity<Trip>().Property<long>("Number");
                model.Entity<Note>().Property<long?>("TripNumber");
                model.Entity<Note>().HasOne<Trip>().WithMany().HasForeignKey("TripNumber").HasPrincipalKey("Number");
            },
            "add constraint notes_trip_number_fkey foreign key (trip_number) references trips(number);"
        ),
        ["a table that refers to another and to itself"] = (
            model =>
                model.Entity<Remark>(remark =>
                {
                    remark.HasOne<Note>().WithMany().HasForeignKey(one => one.NoteId);
                    remark
                        .HasOne<Remark>()
                        .WithMany()
                        .HasForeignKey(one => one.AnswersTo)
                        .OnDelete(DeleteBehavior.SetNull);
                }),
            """
            create table remark (
              id         bigint                   not null generated by default as identity,
              note_id    uuid                     not null,
              answers_to bigint,
              text       text                     not null,
              at         timestamp with time zone not null,
              constraint remark_pkey primary key (id),
              constraint remark_answers_to_fkey foreign key (answers_to) references remark(id) on delete set null,
              constraint remark_note_id_fkey foreign key (note_id) references notes(id) on delete cascade
            );
            create index remark_answers_to_idx on remark (answers_to);
            create index remark_note_id_idx on remark (note_id);
            """
        ),
        ["tables that refer to each other"] = (
            model =>
            {
                model.Entity<Chapter>().HasOne<Book>().WithMany().HasForeignKey(chapter => chapter.BookId);
                model.Entity<Book>().HasOne<Chapter>().WithMany().HasForeignKey(book => book.FirstChapterId);
            },
            "add constraint book_first_chapter_id_fkey foreign key (first_chapter_id) references chapter(id);"
        ),
        ["a column that is gone"] = (
            model => model.Entity<Note>().Ignore(note => note.Colour),
            "-- Loses what is in colour.\nalter table notes drop column colour;"
        ),
        ["a name that needs quotes"] = (
            model => model.Entity<Note>().Property<int?>("Order").HasColumnName("Order by"),
            "alter table notes add column \"Order by\" integer;"
        ),
    };

    private static readonly Scratch Unchanged = new(_ => { });

    public static TheoryData<string> Names => [.. Changes.Keys];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static IReadOnlyList<Migration> Probe => ModuleMigrations.Of(new ProbeModule());

    [Fact]
    public async Task A_model_that_its_migrations_make_has_nothing_to_do()
    {
        var draft = await DraftAsync(Unchanged, Probe);

        draft.Sql.ShouldBeEmpty();
        draft.Kept.ShouldBe(["notes_title_key"]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task What_changes_in_a_model_is_drafted_and_so_is_the_way_back(string name)
    {
        var (change, drafted) = Changes[name];
        await using Scratch changed = new(change);
        var there = await DraftAsync(changed, Probe);

        there.Sql.ShouldContain(drafted.ReplaceLineEndings("\n"));
        there.Sql.ShouldNotContain("draft_of");
        IReadOnlyList<Migration> migrations = [.. Probe, new(Migration.Own, "0004_there.sql", there.Sql)];
        (await DraftAsync(changed, migrations)).Sql.ShouldBeEmpty();

        var back = await DraftAsync(Unchanged, migrations);
        back.Sql.ShouldNotBeEmpty();
        Migration undone = new(Migration.Own, "0005_back.sql", back.Sql);
        (await DraftAsync(Unchanged, [.. migrations, undone])).Sql.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_EF_Core_adds_by_itself_may_be_otherwise_in_the_database()
    {
        await using Scratch model = new(model =>
            model.Entity<Remark>(remark =>
            {
                remark.ToTable("Order");
                remark.HasOne<Note>().WithMany().HasForeignKey(one => one.NoteId);
            })
        );
        Migration byHand = new(
            Migration.Own,
            "0004_by_hand.sql",
            """
            create table "Order" (
              id         bigint generated always as identity primary key,
              note_id    uuid not null references notes,
              answers_to bigint,
              text       text not null,
              at         timestamptz not null
            );
            create index on "Order" (note_id, at);
            """
        );

        (await DraftAsync(model, [.. Probe, byHand])).Sql.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_draft_is_named_after_the_one_thing_it_changes()
    {
        await using Scratch one = new(model =>
            model.Entity<Note>(note =>
            {
                note.Property<int?>("Weight");
                note.HasIndex("Weight");
            })
        );
        await using Scratch several = new(Changes["columns that must have a value"].Change);

        (await DraftAsync(one, Probe)).Name.ShouldBe("notes_weight");
        (await DraftAsync(several, Probe)).Name.ShouldBe("model_changes");
    }

    [Fact]
    public async Task Rows_that_are_there_get_a_value_for_what_must_have_one()
    {
        await using Scratch changed = new(Changes["columns that must have a value"].Change);
        var draft = await DraftAsync(changed, Probe);

        const string Sql = "insert into notes (id, title, times) values (gen_random_uuid(), 'Old', 1)";
        Migration rows = new(Migration.Own, "0004_rows.sql", Sql);
        Migration drafted = new(Migration.Own, "0005_drafted.sql", draft.Sql);
        (await DraftAsync(changed, [.. Probe, rows, drafted])).Sql.ShouldBeEmpty();
    }

    [Fact]
    public async Task Tables_that_nothing_is_mapped_to_go_with_what_refers_to_them()
    {
        Migration tables = new(
            Migration.Own,
            "0004_tables.sql",
            """
            create table kinds (id integer primary key);
            create table sorts (id integer primary key references kinds);
            alter table notes add constraint notes_times_fkey foreign key (times) references kinds;
            """
        );

        var draft = await DraftAsync(Unchanged, [.. Probe, tables]);

        draft.Sql.ShouldEndWith(
            "alter table notes drop constraint notes_times_fkey;\n-- Loses the rows.\ndrop table kinds, sorts;\n"
        );
    }

    [Fact]
    public async Task A_table_with_another_name_is_said_to_be_perhaps_renamed()
    {
        await using Scratch changed = new(Changes["a table that refers to another and to itself"].Change);
        Migration table = new(Migration.Own, "0004_table.sql", "create table comments (id bigint primary key)");

        var draft = await DraftAsync(changed, [.. Probe, table]);

        draft.Sql.ShouldContain("If one of them has another name now: alter table <old> rename to <new>.\n");
        draft.Sql.ShouldEndWith("drop table comments;\n");
    }

    [Fact]
    public async Task Only_what_a_draft_made_is_taken_back_by_another()
    {
        const string Sql = "create index notes_colour_times_idx on notes (colour, times)";
        Migration byHand = new(Migration.Own, "0004_by_hand.sql", Sql);

        var draft = await DraftAsync(Unchanged, [.. Probe, byHand]);

        draft.Sql.ShouldBeEmpty();
        draft.Kept.ShouldBe(["notes_title_key", "notes_colour_times_idx"]);
    }

    [Fact]
    public async Task What_cannot_be_drafted_is_said_with_what_was_tried()
    {
        await using Scratch changed = new(Changes["another type"].Change);

        var refusal = await Should.ThrowAsync<StartupException>(() =>
            DraftAsync(
                changed,
                [.. Probe, new(Migration.Own, "0004_view.sql", "create view counts as select times from notes")]
            )
        );

        refusal.Message.ShouldContain("This was tried (cannot alter type of a column used by a view or rule)");
        refusal.Message.ShouldContain("alter column times type bigint");
    }

    [Fact]
    public async Task A_model_that_PostgreSQL_cannot_make_is_said_so()
    {
        await using Scratch changed = new(model =>
            model.Entity<Note>().Property(note => note.Colour).HasDefaultValueSql("no_such_function()")
        );

        (await Should.ThrowAsync<StartupException>(() => DraftAsync(changed, Probe))).Message.ShouldStartWith(
            "PostgreSQL cannot make what the model of module probe says: function no_such_function()"
        );
    }

    [Fact]
    public async Task A_migration_that_fails_is_named()
    {
        Migration slip = new(Migration.Own, "0004_slip.sql", "alter tabel notes");

        var refusal = await Should.ThrowAsync<StartupException>(() => DraftAsync(Unchanged, [.. Probe, slip]));

        refusal.Message.ShouldStartWith("Migration 0004_slip.sql of probe failed and was rolled back: syntax error");
    }

    [Fact]
    public async Task Nothing_stays_on_the_server()
    {
        await DraftAsync(Unchanged, Probe);

        await using var server = NpgsqlDataSource.Create(await TestCluster.Administrator());
        (
            await new TestSql(server).List<string>("select nspname::text from pg_namespace where nspname like 'draft%'")
        ).ShouldBeEmpty();
    }

    private static async Task<SchemaDraft> DraftAsync(Scratch model, IReadOnlyList<Migration> migrations)
    {
        await using NpgsqlConnection connection = new(await TestCluster.Administrator());
        await connection.OpenAsync(Cancellation);
        return await SchemaDraft.OfAsync(connection, migrations, model, Cancellation);
    }

    private sealed class Remark
    {
        public long Id { get; init; }

        public Guid NoteId { get; init; }

        public long? AnswersTo { get; init; }

        public required string Text { get; init; }

        public DateTimeOffset At { get; init; }
    }

    private sealed class Book
    {
        public long Id { get; init; }

        public long? FirstChapterId { get; init; }
    }

    private sealed class Chapter
    {
        public long Id { get; init; }

        public long BookId { get; init; }
    }

    /// <summary>The probe's model, changed.</summary>
    private sealed class Scratch(Action<ModelBuilder> change) : ModuleDbContext(Options, "probe")
    {
        // Each test has a model of its own, which EF Core would else keep for the type.
        private static DbContextOptions<Scratch> Options =>
            new DbContextOptionsBuilder<Scratch>().UseNpgsql().EnableServiceProviderCaching(false).Options;

        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            change(modelBuilder);
            base.OnModelCreating(modelBuilder);
        }
    }
}
