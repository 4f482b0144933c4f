namespace BuildingBlocks.EventLog.Consuming;

/// <summary>A reaction of a module, the event it is for, and whether it takes many at once.</summary>
internal sealed record ReactionDescriptor(Type EventType, Type ReactionType, bool TakesBatches)
{
    /// <summary>All that a type reacts to.</summary>
    public static IEnumerable<ReactionDescriptor> Of(Type type) =>
        from implemented in type.GetInterfaces()
        where implemented.IsGenericType
        let open = implemented.GetGenericTypeDefinition()
        where open == typeof(IReaction<>) || open == typeof(IBatchReaction<>)
        select new ReactionDescriptor(implemented.GenericTypeArguments[0], type, open == typeof(IBatchReaction<>));
}
