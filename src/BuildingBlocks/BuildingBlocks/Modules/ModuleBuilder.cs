using BuildingBlocks.Application;
using BuildingBlocks.Database;
using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.EventLog.Publishing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace BuildingBlocks.Modules;

/// <summary>What a module declares of itself beside what is found by interface.</summary>
public sealed class ModuleBuilder
{
    private readonly Dictionary<string, Error> refusalsByConstraint = new(StringComparer.Ordinal);

    private readonly IServiceCollection services;
    private readonly ModuleServices own;
    private readonly List<string> faults = [];

    /// <param name="module">What is built.</param>
    /// <param name="services">The Host's.</param>
    /// <param name="configuration">The Host's.</param>
    /// <param name="others">The names of the assemblies of other modules.</param>
    internal ModuleBuilder(
        Module module,
        IServiceCollection services,
        IConfiguration configuration,
        IReadOnlySet<string> others
    ) =>
        (Module, this.services, Configuration, own) = (
            module,
            services,
            configuration.GetSection(module.Name),
            new(services, module, others)
        );

    /// <summary>The module's own settings: the section named like it.</summary>
    public IConfigurationSection Configuration { get; }

    internal Module Module { get; }

    internal Type? DbContextType { get; private set; }

    /// <summary>Whether the module signs in callers for the whole installation.</summary>
    internal bool SignsIn { get; private set; }

    /// <summary>What was declared twice, and what of its services reached beyond the module.</summary>
    internal IEnumerable<string> Faults => faults.Concat(own.Faults);

    /// <summary>What is to stand around the module's own requests.</summary>
    internal IEnumerable<(Type Type, ServiceLifetime Lifetime)> Behaviors => own.Behaviors;

    internal IReadOnlyDictionary<string, Error> RefusalsByConstraint => refusalsByConstraint;

    /// <summary>The module's DbContext: its schema is the module's, its connection the module's app role.</summary>
    /// <typeparam name="TContext">One a module.</typeparam>
    public ModuleBuilder Database<TContext>()
        where TContext : ModuleDbContext
    {
        if (DbContextType is not null)
        {
            faults.Add(
                $"{Module.Name} declares two databases, {DbContextType.Name} and {typeof(TContext).Name}; a module "
                    + "has one."
            );
            return this;
        }

        DbContextType = typeof(TContext);
        var module = Module.Name;
        services.AddModuleDbContext<TContext>(module);
        services.AddSingleton(provider => new ModuleConnections<TContext>(
            provider.GetRequiredService<ModuleDataSources>(),
            module
        ));
        return this;
    }

    /// <summary>
    /// Declares that all tables of the module follow from events alone, so that they can be rebuilt from history beside
    /// the live ones and swapped. Its reactions then publish nothing and take every value from the event or its
    /// <see cref="EventLog.Events.EventContext"/>: no clock, no made ids, no identity columns. Table names in
    /// hand-written SQL carry no schema, for a rebuild runs the same SQL on other tables.
    /// </summary>
    public ModuleBuilder Projection()
    {
        Module.IsProjection = true;
        return this;
    }

    /// <summary>
    /// Gives the ids of something that the module owns a name, by which other modules declare that they refer to it;
    /// what its table is called stays its own affair.
    /// </summary>
    /// <param name="thing">In the singular, such as <c>customer</c>.</param>
    /// <param name="column">Where the ids stand, such as <c>customers.id</c>.</param>
    public ModuleBuilder Identifies(string thing, string column)
    {
        var (table, name) = Halves(column);
        if (Module.Identities.Exists(identity => string.Equals(identity.Thing, thing, StringComparison.Ordinal)))
        {
            faults.Add($"{Module.Name} identifies {thing} twice; keep one Identifies(\"{thing}\", ...).");
            return this;
        }

        Module.Identities.Add(new(thing, table, name));
        return this;
    }

    /// <summary>
    /// Declares that a column has ids of another module's things. No foreign key may cross a schema, so nothing keeps
    /// them from dangling; <c>database orphans</c> looks for those that do.
    /// </summary>
    /// <param name="column">Of the module, such as <c>orders.customer_id</c>.</param>
    /// <param name="thing">Module and thing as that module identifies it, such as <c>customers.customer</c>.</param>
    public ModuleBuilder References(string column, string thing)
    {
        var ((table, name), (module, referred)) = (Halves(column), Halves(thing));
        Module.References.Add(new(table, name, module, referred));
        return this;
    }

    /// <summary>
    /// Settings of the section named like the module, validated by data annotations before the Host listens.
    /// </summary>
    /// <typeparam name="TOptions">A class with defaults that work.</typeparam>
    public ModuleBuilder Options<TOptions>()
        where TOptions : class
    {
        services.AddOptions<TOptions>().Bind(Configuration).ValidateDataAnnotations().ValidateOnStart();
        return this;
    }

    /// <summary>
    /// Answers a violation of a unique, foreign-key, check or exclusion constraint as a refusal instead of a bug.
    /// </summary>
    /// <param name="constraint">Its name in the database.</param>
    /// <param name="refusal">What the caller is told.</param>
    public ModuleBuilder Refuses(string constraint, Error refusal)
    {
        if (!refusalsByConstraint.TryAdd(constraint, refusal))
        {
            var first = refusalsByConstraint[constraint].Code;
            faults.Add($"{Module.Name} refuses {constraint} twice, as {first} and as {refusal.Code}; keep one.");
        }

        return this;
    }

    /// <summary>
    /// Anything else the module needs from the container: services of its own types, and work in the background. A
    /// pipeline behaviour stands around the module's own requests only; what would be given to others, or taken from
    /// them, stops the Host at start.
    /// </summary>
    public ModuleBuilder With(Action<IServiceCollection> add) => Add(add, mayChangeHost: false);

    /// <summary>
    /// Signs in callers for the whole installation, and so may give ASP.NET Core services that are not the module's
    /// own. One module of a Host may, and the Host hears of a second one as of any wiring fault.
    /// </summary>
    public ModuleBuilder SignIn(Action<IServiceCollection> add)
    {
        SignsIn = true;
        return Add(add, mayChangeHost: true);
    }

    private ModuleBuilder Add(Action<IServiceCollection> add, bool mayChangeHost)
    {
        own.MayChangeHost = mayChangeHost;
        add(own);
        return this;
    }

    private (string First, string Second) Halves(string text) =>
        text.Split('.') is [{ Length: > 0 } first, { Length: > 0 } second]
            ? (first, second)
            : throw new StartupException(
                $"{Module.Name} declares '{text}', which is not two names with a dot between them, such as "
                    + "orders.customer_id."
            );
}
