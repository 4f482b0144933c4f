namespace BuildingBlocks.Database.Provisioning;

/// <summary>One thing that provisioning sees to, and how the catalog tells that it is still to be done.</summary>
/// <param name="Needed">An SQL condition over the catalogs that every database of the server shows alike, or over those
/// of the database itself.</param>
/// <param name="Sql">Does it; ends without a semicolon.</param>
internal sealed record ProvisioningStep(string Needed, string Sql)
{
    /// <summary>What is shown of it where it holds what only the server should see.</summary>
    public string Shown { get; init; } = Sql;

    /// <summary>
    /// Known without asking when the database does not exist yet, because its catalog cannot be asked.
    /// </summary>
    public bool? InNewDatabase { get; init; }

    /// <summary>
    /// The role that owns what is changed: an administrator who is no superuser must be a member of it for the moment
    /// it takes.
    /// </summary>
    public string? ActsAs { get; init; }
}
