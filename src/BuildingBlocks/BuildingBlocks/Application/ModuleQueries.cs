using System.Collections.Concurrent;
using BuildingBlocks.Contracts;
using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.Modules;
using Microsoft.Extensions.DependencyInjection;

namespace BuildingBlocks.Application;

/// <summary>Answers a question of the module's Contracts; found by this interface in the module's assembly.</summary>
/// <typeparam name="TQuery">The question.</typeparam>
/// <typeparam name="TAnswer">What is answered.</typeparam>
public interface IModuleQueryHandler<in TQuery, TAnswer>
    where TQuery : IModuleQuery<TAnswer>
    where TAnswer : class
{
    /// <summary>The answer, or null when there is nothing to tell. Whoever asks decides who may see it.</summary>
    Task<TAnswer?> Handle(TQuery query, CancellationToken cancellationToken);
}

/// <summary>Lets the Host ask modules, each question in a scope of its own, so that several may be asked at the same time. Not for modules.</summary>
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
            throw new InvalidOperationException($"No module in this Host answers {query.GetType().Name}. Add the module, or ask CanAsk first.");
        }

        using var stay = ModuleCode.Enter(catalog.OwnerOf(query.GetType())?.Name);
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<Caller>().System();
        var call = (Call<TAnswer>)Calls.GetOrAdd(
            query.GetType(), static (type, answer) => Activator.CreateInstance(typeof(Call<,>).MakeGenericType(type, answer))!, typeof(TAnswer));
        return await call.Invoke(scope.ServiceProvider, query, cancellationToken);
    }

    private abstract class Call<TAnswer>
        where TAnswer : class
    {
        public abstract Task<TAnswer?> Invoke(IServiceProvider provider, IModuleQuery<TAnswer> query, CancellationToken cancellationToken);
    }

    private sealed class Call<TQuery, TAnswer> : Call<TAnswer>
        where TQuery : IModuleQuery<TAnswer>
        where TAnswer : class
    {
        public override Task<TAnswer?> Invoke(IServiceProvider provider, IModuleQuery<TAnswer> query, CancellationToken cancellationToken) =>
            provider.GetRequiredService<IModuleQueryHandler<TQuery, TAnswer>>().Handle((TQuery)query, cancellationToken);
    }
}
