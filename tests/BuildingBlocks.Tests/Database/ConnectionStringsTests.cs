using BuildingBlocks.Database;
using BuildingBlocks.EventLog.Hosting;

namespace BuildingBlocks.Tests.Database;

/// <summary>What cannot be used, or would mean something else, is refused before anything is made.</summary>
public sealed class ConnectionStringsTests
{
    private const string Setting = "Modules:orders:ConnectionString";

    [Theory]
    [InlineData("Hots=127.0.0.1")]
    [InlineData("Host=127.0.0.1;Port=many")]
    [InlineData("Host=127.0.0.1;Timeout=-1")]
    [InlineData("Host=127.0.0.1;SSL Mode=perhaps")]
    [InlineData("Host=127.0.0.1;Minimum Pool Size=9;Maximum Pool Size=3")]
    [InlineData("Database=orders")]
    [InlineData("anything")]
    public void Names_the_setting_and_keeps_passwords_to_itself(string value)
    {
        var refusal = Should.Throw<StartupException>(() => ConnectionStrings.Read($"Password=hidden;{value}", Setting));

        refusal.Message.ShouldStartWith(Setting);
        refusal.Message.ShouldNotContain("hidden");
    }

    [Theory]
    [InlineData(63, true)]
    [InlineData(64, false)]
    [InlineData(70, false)]
    public void A_name_that_PostgreSQL_would_cut_off_is_refused(int length, bool fits)
    {
        foreach (var key in new[] { "Database", "Username" })
        {
            var read = () => ConnectionStrings.Read($"Host=127.0.0.1;{key}={new string('d', length)}", Setting);
            if (fits)
            {
                read();
            }
            else
            {
                Should.Throw<StartupException>(read).Message.ShouldContain("more than 63 bytes");
            }
        }
    }

    [Fact]
    public void Bytes_count_and_not_letters() =>
        Should
            .Throw<StartupException>(() =>
                ConnectionStrings.EnsureName(new string('ü', 40), "database", "Database:Name")
            )
            .Message.ShouldStartWith("Database:Name");

    [Theory]
    [InlineData("template0")]
    [InlineData("template1")]
    [InlineData("postgres")]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("shop\n")]
    [InlineData("two words")]
    [InlineData("postgresql://elsewhere")]
    [InlineData("host=elsewhere")]
    [InlineData("the \"shop\"")]
    [InlineData("-shop")]
    public void A_database_of_the_server_or_of_a_name_that_means_something_else_is_refused(string name) =>
        Should
            .Throw<StartupException>(() => ConnectionStrings.EnsureOwnDatabase(name, "Database:Name"))
            .Message.ShouldStartWith("Database:Name names ");

    [Theory]
    [InlineData("modular_monolith")]
    [InlineData("Shop-2.test")]
    [InlineData("größer")]
    [InlineData("postgres2")]
    public void A_database_of_ones_own_is_taken(string name) =>
        ConnectionStrings.EnsureOwnDatabase(name, "Database:Name");

    [Theory]
    [InlineData("pg", false)]
    [InlineData("pg_shop", false)]
    [InlineData("mm\n", false)]
    [InlineData("", false)]
    [InlineData("pgshop", true)]
    [InlineData("mm", true)]
    public void A_prefix_may_not_make_names_that_PostgreSQL_keeps_for_itself(string prefix, bool isFine)
    {
        if (isFine)
        {
            ModuleRoles.Of(prefix, "orders").App.ShouldBe($"{prefix}_orders_app");
        }
        else
        {
            Should
                .Throw<StartupException>(() => ModuleRoles.Of(prefix, "orders"))
                .Message.ShouldStartWith("Database:Prefix");
        }
    }
}
