namespace BuildingBlocks.Contracts;

/// <summary>
/// The name and version by which an event is known in the outbox and on the wire, independent of what its type is
/// called in code.
/// </summary>
/// <param name="name">Lower-case words joined by dots and hyphens, such as <c>order.confirmed</c>; never changes once
/// published.</param>
/// <param name="version">1 or more; a change that is not purely additive gets the next number and a type of its
/// own.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class IntegrationEventAttribute(string name, short version) : Attribute
{
    /// <summary>The wire name, shared by all versions of the event.</summary>
    public string Name { get; } = name;

    /// <summary>The version of the payload's shape.</summary>
    public short Version { get; } = version;
}
