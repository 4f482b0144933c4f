using MediatR;

namespace BuildingBlocks.Application;

/// <summary>Any request a module's sender takes, whatever it answers.</summary>
public interface IModuleRequest;

/// <summary>Changes the state of the module that declares it, and answers nothing.</summary>
public interface ICommand : IRequest<Result>, IModuleRequest;

/// <summary>Changes the state of the module that declares it.</summary>
/// <typeparam name="TAnswer">What is answered on success.</typeparam>
public interface ICommand<TAnswer> : IRequest<Result<TAnswer>>, IModuleRequest;

/// <summary>Reads the state of the module that declares it, and changes nothing.</summary>
/// <typeparam name="TAnswer">What is answered on success.</typeparam>
public interface IQuery<TAnswer> : IRequest<Result<TAnswer>>, IModuleRequest;

/// <summary>Carries out a command; found by this interface in the module's assembly.</summary>
/// <typeparam name="TCommand">The command.</typeparam>
public interface ICommandHandler<in TCommand> : IRequestHandler<TCommand, Result>
    where TCommand : ICommand;

/// <summary>Carries out a command; found by this interface in the module's assembly.</summary>
/// <typeparam name="TCommand">The command.</typeparam>
/// <typeparam name="TAnswer">What is answered on success.</typeparam>
public interface ICommandHandler<in TCommand, TAnswer> : IRequestHandler<TCommand, Result<TAnswer>>
    where TCommand : ICommand<TAnswer>;

/// <summary>Answers a query; found by this interface in the module's assembly.</summary>
/// <typeparam name="TQuery">The query.</typeparam>
/// <typeparam name="TAnswer">What is answered on success.</typeparam>
public interface IQueryHandler<in TQuery, TAnswer> : IRequestHandler<TQuery, Result<TAnswer>>
    where TQuery : IQuery<TAnswer>;

/// <summary>
/// Sends a module's own commands and queries through validation to their handlers. Scoped: one per HTTP request or unit
/// of work.
/// </summary>
public sealed class Sender(IMediator mediator)
{
    /// <summary>Sends a command or query and waits for its outcome.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public Task<TResult> Send<TResult>(IRequest<TResult> request, CancellationToken cancellationToken)
        where TResult : IRefusable<TResult> => mediator.Send(request, cancellationToken);

    /// <summary>
    /// Sends a command that there is no reason to refuse, such as one that an installation gives itself.
    /// </summary>
    /// <exception cref="InvalidOperationException">It was refused; the message says why.</exception>
    public async Task SendOrThrow<TResult>(IRequest<TResult> request, CancellationToken cancellationToken)
        where TResult : IRefusable<TResult>
    {
        if ((await Send(request, cancellationToken)).Error is { } refusal)
        {
            var faults = refusal
                .Fields.Select(field => $"{field.Key}: {string.Join(' ', field.Value)}")
                .Prepend(refusal.Detail);
            throw new InvalidOperationException(
                $"{request.GetType().Name} was refused as {refusal.Code}. {string.Join(' ', faults)}"
            );
        }
    }
}
