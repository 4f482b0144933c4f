using BuildingBlocks.EventLog.Hosting;
using Host.Startup;
using Users;

namespace Host.Tests.Startup;

/// <summary>Where a drafted migration goes, and what it is called.</summary>
public sealed class DatabaseDiffTests : IDisposable
{
    private readonly DirectoryInfo source = Directory.CreateTempSubdirectory("diff-tests-");

    private string Migrations => Path.Combine(source.FullName, "src/Modules/Users/Users/Persistence/Migrations");

    public void Dispose() => source.Delete(recursive: true);

    [Fact]
    public void A_draft_is_the_next_migration_of_the_source_above()
    {
        MakeSource();
        var below = source.CreateSubdirectory("src/Host");

        var folder = DatabaseDiff.FolderOf(new UsersModule(), below.FullName);
        var first = DatabaseDiff.Write(folder, "remarks", "select 1;\n");
        var second = DatabaseDiff.Write(folder, "more", "select 2;\n");

        first.ShouldBe(Path.Combine(Migrations, "0002_remarks.sql"));
        second.ShouldBe(Path.Combine(Migrations, "0003_more.sql"));
        File.ReadAllText(first).ShouldBe("select 1;\n");
    }

    [Fact]
    public void A_source_that_is_not_there_is_asked_for() =>
        Should
            .Throw<StartupException>(() => DatabaseDiff.FolderOf(new UsersModule(), source.FullName))
            .Message.ShouldContain($" in {source.FullName} or above it. Run this where the source is");

    [Fact]
    public void A_source_with_other_migrations_than_the_build_is_to_be_built_first()
    {
        MakeSource();
        DatabaseDiff.Write(Migrations, "not_built_yet", "select 1;\n");

        Should
            .Throw<StartupException>(() => DatabaseDiff.FolderOf(new UsersModule(), source.FullName))
            .Message.ShouldStartWith($"{Migrations} has other migrations than this Host was built with.");
    }

    [Theory]
    [InlineData("AddRemarks", "add_remarks")]
    [InlineData("add remarks", "add_remarks")]
    [InlineData("2nd-try", "2nd_try")]
    public void A_name_comes_out_as_files_are_called(string given, string called) =>
        DatabaseDiff.FileName(given).ShouldBe(called);

    [Theory]
    [InlineData("")]
    [InlineData("../escape")]
    [InlineData("remarks.sql")]
    [InlineData("größe")]
    public void A_name_that_no_file_should_have_is_refused(string given) =>
        Should
            .Throw<StartupException>(() => DatabaseDiff.FileName(given))
            .Message.ShouldStartWith($"A migration cannot be called '{given}'. Use letters, digits and underscores");

    private void MakeSource()
    {
        Directory.CreateDirectory(Migrations);
        File.WriteAllText(Path.Combine(Migrations, "0001_accounts_and_sessions.sql"), "");
    }
}
