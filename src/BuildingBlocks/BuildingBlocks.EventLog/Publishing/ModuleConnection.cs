using BuildingBlocks.EventLog.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Update;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;

namespace BuildingBlocks.EventLog.Publishing;

/// <summary>
/// Lets every DbContext of a scope work inside a transaction that its caller began and will commit, as reactions do.
/// Empty in the scope of an HTTP request: there each DbContext takes its own connection from the module's pool.
/// </summary>
internal sealed class AmbientTransaction
{
    public NpgsqlTransaction? Transaction { get; set; }
}

/// <summary>Registers the DbContexts of modules.</summary>
internal static class ModuleConnection
{
    public static void AddModuleDbContext<TContext>(this IServiceCollection services, string module)
        where TContext : ModuleDbContext
    {
        // Contexts are used again by later scopes, each with a connection of its own: making one costs more than the
        // statements of a small use case.
        services.AddPooledDbContextFactory<TContext>(
            (provider, options) =>
                options
                    .UseNpgsql()
                    .ReplaceService<IModificationCommandBatchFactory, InsertBatches>()
                    .AddInterceptors(
                        provider.GetRequiredService<PublishedEventsInterceptor>(),
                        provider.GetRequiredService<PoisonedConnections>()
                    )
        );

        // A process has many, so none of them is the one: each is found by its own type. dotnet ef takes that of the
        // project it is given.
        services.RemoveAll<DbContextOptions>();
        services.AddScoped(provider =>
        {
            var context = provider.GetRequiredService<IDbContextFactory<TContext>>().CreateDbContext();
            var ambient = provider.GetRequiredService<AmbientTransaction>().Transaction?.Connection;
            context.BeginScope(
                ambient ?? provider.GetRequiredService<IModulePools>().Of(module).CreateConnection(),
                owned: ambient is null
            );
            return context;
        });
    }

    /// <summary>A module's DbContext without a connection, for reading its model.</summary>
    public static ModuleDbContext ModelOf(this IServiceProvider services, Type contextType) =>
        (ModuleDbContext)ActivatorUtilities.CreateInstance(services, contextType);

    /// <summary>The module's DbContext of this scope, inside the ambient transaction if there is one.</summary>
    public static async ValueTask<ModuleDbContext> ModuleDbContextIn(
        this IServiceProvider scope,
        Type contextType,
        CancellationToken cancellationToken
    )
    {
        var context = (ModuleDbContext)scope.GetRequiredService(contextType);
        if (
            scope.GetRequiredService<AmbientTransaction>().Transaction is { } transaction
            && context.Database.CurrentTransaction is null
        )
        {
            // Whoever began the transaction rolls all of it back on a failure; savepoints in between would only cost
            // round trips.
            context.Database.AutoSavepointsEnabled = false;
            await context.Database.UseTransactionAsync(transaction, cancellationToken);
        }

        return context;
    }
}
