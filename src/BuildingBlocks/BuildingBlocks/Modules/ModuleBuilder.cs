using BuildingBlocks.Application;
using BuildingBlocks.Persistence;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace BuildingBlocks.Modules;

/// <summary>What a module declares of itself beside what is found by interface.</summary>
public sealed class ModuleBuilder
{
    private readonly Dictionary<string, Error> refusalsByConstraint = new(StringComparer.Ordinal);

    internal ModuleBuilder(Module module, IServiceCollection services, IConfiguration configuration) =>
        (Module, Services, Configuration) = (module, services, configuration);

    /// <summary>The services of the Host. A module adds its own, and looks up nobody else's.</summary>
    public IServiceCollection Services { get; }

    /// <summary>The Host's settings; a module reads its own section, named like the module.</summary>
    public IConfiguration Configuration { get; }

    internal Module Module { get; }

    internal Type? DbContextType { get; private set; }

    internal IReadOnlyDictionary<string, Error> RefusalsByConstraint => refusalsByConstraint;

    /// <summary>The module's DbContext: its schema is the module's, its connection the module's app role.</summary>
    /// <typeparam name="TContext">One a module.</typeparam>
    public ModuleBuilder Database<TContext>()
        where TContext : ModuleDbContext
    {
        DbContextType = typeof(TContext);
        Services.AddModuleDbContext<TContext>(Module.Name);
        return this;
    }

    /// <summary>Settings of the section named like the module, validated by data annotations before the Host listens.</summary>
    /// <typeparam name="TOptions">A class with defaults that work.</typeparam>
    public ModuleBuilder Options<TOptions>()
        where TOptions : class
    {
        Services.AddOptions<TOptions>().Bind(Configuration.GetSection(Module.Name)).ValidateDataAnnotations().ValidateOnStart();
        return this;
    }

    /// <summary>Answers a violation of a unique, foreign-key, check or exclusion constraint as a refusal instead of a bug.</summary>
    /// <param name="constraint">Its name in the database.</param>
    /// <param name="refusal">What the caller is told.</param>
    public ModuleBuilder Refuses(string constraint, Error refusal)
    {
        refusalsByConstraint.Add(constraint, refusal);
        return this;
    }

    /// <summary>Anything else the module needs from the container.</summary>
    public ModuleBuilder With(Action<IServiceCollection> add)
    {
        add(Services);
        return this;
    }
}
