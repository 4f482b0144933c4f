namespace BuildingBlocks.Contracts;

/// <summary>
/// A question that a module answers to the Host, which composes answers of several modules. An implementation is an
/// immutable record in the module's Contracts project, folder Queries. Modules never ask each other: they keep copies,
/// fed by events.
/// </summary>
/// <typeparam name="TAnswer">An immutable record beside the question.</typeparam>
public interface IModuleQuery<TAnswer>
    where TAnswer : class;
