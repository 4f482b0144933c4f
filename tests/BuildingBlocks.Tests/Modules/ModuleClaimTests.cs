using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.Modules;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace BuildingBlocks.Tests.Modules;

/// <summary>A name that somebody else has already is refused before anything starts.</summary>
public sealed class ModuleClaimTests
{
    [Fact]
    public void Refuses_names_that_PostgreSQL_or_the_Host_or_a_rebuild_has_already()
    {
        var refusal = Refusal(modules =>
            modules.Add<Public>().Add<Catalogue>().Add<Http>().Add<Enabled>().Add<Beta>().Add<BetaRebuild>()
        );

        refusal.ShouldContain("Public is named 'public', which is a schema of PostgreSQL itself");
        refusal.ShouldContain("Catalogue is named 'pg_catalogue', which is a schema of PostgreSQL itself");
        refusal.ShouldContain("Http is named 'http', like a section of settings that the Host reads");
        refusal.ShouldContain("Enabled is named 'enabled', like a section of settings that the Host reads");
        refusal.ShouldContain("BetaRebuild is named 'beta_rebuild', which is the schema that Beta is rebuilt in");
    }

    [Fact]
    public void Refuses_an_event_name_that_two_modules_publish_in_whatever_versions() =>
        Refusal(modules => modules.Add<Beta>().Add<Gamma>())
            .ShouldContain("are all versions of 'note.taken' on the wire, but of different modules");

    private static string Refusal(Action<ModuleRegistration> add) =>
        Should
            .Throw<StartupException>(() => new ServiceCollection().AddModules(new ConfigurationBuilder().Build(), add))
            .Message;

    private abstract class Named(string name) : Module
    {
        public override string Name => name;

        protected override void Configure(ModuleBuilder module) { }
    }

    private sealed class Public() : Named("public");

    private sealed class Catalogue() : Named("pg_catalogue");

    private sealed class Http() : Named("http");

    private sealed class Enabled() : Named("enabled");

    private sealed class Beta() : Named("beta");

    private sealed class BetaRebuild() : Named("beta_rebuild");

    private sealed class Gamma() : Named("gamma");
}
