using BuildingBlocks.Database;
using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.Tests.EmbeddedPostgres;

namespace BuildingBlocks.Tests.Database;

/// <summary>What an installation keeps in its data folder may be damaged by anybody.</summary>
public sealed class KeptFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{\"mm_orders_app\": ")]
    [InlineData("[1, 2]")]
    [InlineData("{\"mm_orders_app\": null}")]
    [InlineData("{\"mm_orders_app\": \"\"}")]
    [InlineData("{\"mm_orders_app\": 7}")]
    public void Passwords_that_are_damaged_are_refused_with_the_file_and_the_way_out(string content)
    {
        var path = folder["database-roles.json"];
        File.WriteAllText(path, content);

        var refusal = Should.Throw<StartupException>(() => RolePasswords.Read(path));

        refusal.Message.ShouldStartWith(path);
        refusal.Message.ShouldContain("Database:PasswordFile");
        File.ReadAllText(path).ShouldBe(content);
    }

    [Fact]
    public void A_folder_does_not_pass_for_a_missing_file()
    {
        var path = Directory.CreateDirectory(folder["database-roles.json"]).FullName;

        Should.Throw<StartupException>(() => RolePasswords.Read(path)).Message.ShouldContain("it is a folder");
    }

    [Theory]
    [InlineData("")]
    [InlineData(".use")]
    [InlineData(".turn")]
    [InlineData(".new")]
    public void A_device_or_pipe_is_named_instead_of_waited_for(string name)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere nothing tells them from files.");
        var path = File.CreateSymbolicLink(folder[$"database-roles.json{name}"], "/dev/null").FullName;

        Should
            .Throw<StartupException>(() => RolePasswords.Read(folder["database-roles.json"]))
            .Message.ShouldStartWith($"{path} is no regular file");
    }

    [Fact]
    public void A_device_in_the_way_while_the_Host_runs_is_named_too()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere nothing tells them from files.");
        var path = File.CreateSymbolicLink(folder["database-roles.json.turn"], "/dev/null").FullName;

        Should
            .Throw<StartupException>(() =>
                new PasswordGate(folder["database-roles.json"]).Enter(TimeSpan.FromMinutes(1))
            )
            .Message.ShouldStartWith($"{path} is no regular file");
    }

    [Theory]
    [InlineData(".new")]
    [InlineData(".use")]
    [InlineData(".turn")]
    public void A_folder_in_the_way_of_a_file_beside_the_passwords_is_named_before_it_is_needed(string name)
    {
        var path = Directory.CreateDirectory(folder[$"database-roles.json{name}"]).FullName;

        Should
            .Throw<StartupException>(() => RolePasswords.Read(folder["database-roles.json"]))
            .Message.ShouldStartWith($"{path} is a folder");
    }

    [Fact]
    public void A_folder_in_the_way_while_the_Host_runs_is_named_too()
    {
        var path = Directory.CreateDirectory(folder["database-roles.json.turn"]).FullName;

        PasswordGate gate = new(folder["database-roles.json"]);

        Should
            .Throw<StartupException>(() => gate.Enter(TimeSpan.FromMinutes(1)))
            .Message.ShouldStartWith($"{path} is a folder");
    }

    [Fact]
    public void A_missing_file_or_folder_is_an_empty_set() =>
        RolePasswords.Read(folder["none/database-roles.json"]).Of("somebody").Length.ShouldBe(64);

    [Fact]
    public void Says_that_the_file_cannot_be_written()
    {
        File.WriteAllText(folder["file"], "");

        Should
            .Throw<StartupException>(() => KeptFile.Stage(folder["file/kept.json"], "content"))
            .Message.ShouldContain("kept.json cannot be written");
    }

    [Theory]
    [InlineData("kept.json")]
    [InlineData("kept.json.new")]
    public void Says_that_there_is_a_folder_where_it_is_to_be_written(string name)
    {
        Directory.CreateDirectory(folder[name]);

        Should
            .Throw<StartupException>(() => KeptFile.Stage(folder["kept.json"], "content"))
            .Message.ShouldContain($"{name} is a folder");
    }
}
