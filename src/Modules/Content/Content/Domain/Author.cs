namespace Content.Domain;

/// <summary>What Content knows of an account: a copy kept by the events of Users, seconds behind at most.</summary>
internal sealed class Author(Guid id)
{
    /// <summary>The account's, of Users.</summary>
    public Guid Id { get; private set; } = id;

    /// <summary>What the account wants to be called now; shown beside everything it ever wrote.</summary>
    public string Name { get; set; } = "";
}
