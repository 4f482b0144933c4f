namespace BuildingBlocks.Contracts;

/// <summary>
/// An instruction that only the Host gives a module, such as taking in what another system holds. An implementation is
/// an immutable record in the module's Contracts project, folder Commands. Modules never instruct each other: they
/// react to events.
/// </summary>
/// <typeparam name="TAnswer">An immutable record beside the instruction.</typeparam>
public interface IModuleCommand<TAnswer>
    where TAnswer : class;
