using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Publishing;
using Npgsql;

namespace BuildingBlocks.Database;

/// <summary>
/// Connections of the module that owns a DbContext, for what is to be written outside of the DbContext's transaction.
/// They come from the module's pool and sign in as its app role; no other module's code can open one. Thread-safe.
/// </summary>
/// <typeparam name="TContext">The module's DbContext, by which it is told apart: nobody else can name that
/// type.</typeparam>
public sealed class ModuleConnections<TContext>
    where TContext : ModuleDbContext
{
    private readonly ModuleDataSources sources;
    private readonly string module;

    internal ModuleConnections(ModuleDataSources sources, string module) =>
        (this.sources, this.module) = (sources, module);

    /// <summary>A command with a connection and a transaction of its own; to be disposed.</summary>
    /// <param name="sql">Without schema names: the role's search path finds the module's tables.</param>
    /// <exception cref="ForeignModuleException">Another module's code asks.</exception>
    public NpgsqlCommand CreateCommand(string sql) => sources.Of(module).CreateCommand(sql);
}
