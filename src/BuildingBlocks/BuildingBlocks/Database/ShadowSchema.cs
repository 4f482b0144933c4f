namespace BuildingBlocks.Database;

/// <summary>
/// The schema of a module that runs elsewhere: nothing but an outbox, which a feed fills. Its owner and app role are
/// named as at home; the app role only reads, and a third role, the feed's, only appends.
/// </summary>
/// <param name="name">The module's.</param>
internal sealed class ShadowSchema(string name) : ModuleSchema
{
    /// <summary>How many connections of the feed's role a Host opens at most.</summary>
    public const int FeedPool = 2;

    /// <inheritdoc />
    public override string Name => name;
}
