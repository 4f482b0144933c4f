namespace BuildingBlocks.Contracts;

/// <summary>
/// A fact that one module promises to the others. An implementation is an immutable record in the module's Contracts
/// project, carries <see cref="IntegrationEventAttribute"/>, and changes within a version only by gaining optional
/// members.
/// </summary>
public interface IIntegrationEvent
{
    /// <summary>
    /// The id of the aggregate the event speaks of. Events with equal keys from one module reach every consumer in the
    /// order they were written. It is part of the envelope, not of the payload. 1 to 200 characters.
    /// </summary>
    string Key { get; }
}
