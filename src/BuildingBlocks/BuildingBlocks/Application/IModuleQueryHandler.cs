using BuildingBlocks.Contracts;

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
