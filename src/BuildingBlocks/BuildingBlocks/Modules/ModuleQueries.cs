using System.Collections.Concurrent;
using BuildingBlocks.Application;
using BuildingBlocks.Contracts;
using BuildingBlocks.EventLog.Consuming;
using Microsoft.Extensions.DependencyInjection;

namespace BuildingBlocks.Modules;

/// <summary>
/// Lets the Host ask modules, each question in a scope of its own, so that several may be asked at the same time. Not
/// for modules.
/// </summary>
public sealed class ModuleQueries(ModuleCatalog catalog, IServiceScopeFactory scopes)
{
    private static readonly ConcurrentDictionary<Type, object> Calls = new();

    /// <summary>Whether the module that answers runs in this Host.</summary>
    public bool CanAsk<TAnswer>(IModuleQuery<TAnswer> query)
        where TAnswer : class => catalog.Answers(query.GetType());

    /// <summary>Asks, and waits for the answer.</summary>
    /// <returns>Null when the module knows nothing of it.</returns>
    /// <exception cref="InvalidOperationException">No module in this Host answers the question.</exception>
    /// <exception cref="ForeignModuleException">A module's code asks.</exception>
    public async Task<TAnswer?> Ask<TAnswer>(IModuleQuery<TAnswer> query, CancellationToken cancellationToken)
        where TAnswer : class
    {
        ModuleCode.EnsureIsHost(nameof(ModuleQueries));
        if (!CanAsk(query))
        {
            throw new InvalidOperationException(
                $"No module in this Host answers {query.GetType().Name}. Add the module, or ask CanAsk first."
            );
        }

        using var stay = ModuleCode.Enter(catalog.OwnerOf(query.GetType())?.Name);
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<Caller>().System();
        var call =
            (Call<TAnswer>)
                Calls.GetOrAdd(
                    query.GetType(),
                    static (type, answer) => Activator.CreateInstance(typeof(Call<,>).MakeGenericType(type, answer))!,
                    typeof(TAnswer)
                );
        return await call.Invoke(scope.ServiceProvider, query, cancellationToken);
    }

    private abstract class Call<TAnswer>
        where TAnswer : class
    {
        public abstract Task<TAnswer?> Invoke(
            IServiceProvider provider,
            IModuleQuery<TAnswer> query,
            CancellationToken cancellationToken
        );
    }

    private sealed class Call<TQuery, TAnswer> : Call<TAnswer>
        where TQuery : IModuleQuery<TAnswer>
        where TAnswer : class
    {
        public override Task<TAnswer?> Invoke(
            IServiceProvider provider,
            IModuleQuery<TAnswer> query,
            CancellationToken cancellationToken
        ) =>
            provider
                .GetRequiredService<IModuleQueryHandler<TQuery, TAnswer>>()
                .Handle((TQuery)query, cancellationToken);
    }
}
