using System.Collections.Concurrent;
using BuildingBlocks.Application;
using BuildingBlocks.Contracts;
using BuildingBlocks.EventLog.Consuming;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace BuildingBlocks.Modules;

/// <summary>
/// Lets the Host instruct modules. Each command runs in a scope of its own, as the system itself, validated and refused
/// like the requests that a module sends itself. Not for modules.
/// </summary>
public sealed class ModuleCommands(ModuleCatalog catalog, IServiceScopeFactory scopes)
{
    private static readonly ConcurrentDictionary<Type, object> Calls = new();

    /// <summary>Sends a command and waits for its outcome.</summary>
    /// <exception cref="InvalidOperationException">No module in this Host carries it out.</exception>
    /// <exception cref="ForeignModuleException">A module's code sends it.</exception>
    public async Task<Result<TAnswer>> Send<TAnswer>(
        IModuleCommand<TAnswer> command,
        CancellationToken cancellationToken
    )
        where TAnswer : class
    {
        ModuleCode.EnsureIsHost(nameof(ModuleCommands));
        using var stay = ModuleCode.Enter(catalog.OwnerOf(command.GetType())?.Name);
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<Caller>().System();
        var call =
            (Call<TAnswer>)
                Calls.GetOrAdd(
                    command.GetType(),
                    static (type, answer) => Activator.CreateInstance(typeof(Call<,>).MakeGenericType(type, answer))!,
                    typeof(TAnswer)
                );
        return await call.Invoke(scope.ServiceProvider, command, cancellationToken);
    }

    private abstract class Call<TAnswer>
        where TAnswer : class
    {
        public abstract Task<Result<TAnswer>> Invoke(
            IServiceProvider provider,
            IModuleCommand<TAnswer> command,
            CancellationToken cancellationToken
        );
    }

    private sealed class Call<TCommand, TAnswer> : Call<TAnswer>
        where TCommand : IModuleCommand<TAnswer>
        where TAnswer : class
    {
        public override Task<Result<TAnswer>> Invoke(
            IServiceProvider provider,
            IModuleCommand<TAnswer> command,
            CancellationToken cancellationToken
        )
        {
            if (provider.GetService<IModuleCommandHandler<TCommand, TAnswer>>() is not { } handler)
            {
                throw new InvalidOperationException(
                    $"No module in this Host carries out {typeof(TCommand).Name}. Add the module."
                );
            }

            // The behaviours that a module's own requests go through, the first registered outermost.
            var behaviors = provider.GetServices<IPipelineBehavior<TCommand, Result<TAnswer>>>().Reverse();
            RequestHandlerDelegate<Result<TAnswer>> carryOut = () =>
                handler.Handle((TCommand)command, cancellationToken);
            return behaviors.Aggregate(carryOut, (next, behavior) =>
                () => behavior.Handle((TCommand)command, cancellationToken, next)
            )();
        }
    }
}
