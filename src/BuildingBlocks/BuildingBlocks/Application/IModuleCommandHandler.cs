using BuildingBlocks.Contracts;

namespace BuildingBlocks.Application;

/// <summary>
/// Carries out a command of the module's Contracts; found by this interface in the module's assembly.
/// </summary>
/// <typeparam name="TCommand">The command.</typeparam>
/// <typeparam name="TAnswer">What is answered on success.</typeparam>
public interface IModuleCommandHandler<in TCommand, TAnswer>
    where TCommand : IModuleCommand<TAnswer>
    where TAnswer : class
{
    /// <summary>Carries it out whole or not at all.</summary>
    Task<Result<TAnswer>> Handle(TCommand command, CancellationToken cancellationToken);
}
