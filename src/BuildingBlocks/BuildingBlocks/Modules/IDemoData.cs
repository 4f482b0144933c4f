namespace BuildingBlocks.Modules;

/// <summary>
/// Brings a module's part of the demo data in through the module's own commands; found by this interface. Runs once at
/// every start with demo data switched on, modules in the order the Host names them, so it skips what is already there.
/// </summary>
public interface IDemoData
{
    /// <summary>
    /// What is wrong with the demo settings, for people; asked before anything is started or made. A password that is
    /// not configured is empty here, and generated later.
    /// </summary>
    static virtual IEnumerable<string> Faults(DemoOptions demo) => [];

    /// <summary>Loads what is missing.</summary>
    Task Load(CancellationToken cancellationToken);
}

/// <summary>The demo accounts, section <c>Demo</c>. The Host fills in what is not configured.</summary>
public sealed class DemoOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Demo";

    /// <summary>
    /// The id of the demo customer's account, and of the customer it acts for; the same in every installation.
    /// </summary>
    public static readonly Guid CustomerId = new("0198a000-0000-7000-8000-00000000c057");

    /// <summary>The id of the demo admin's account; the same in every installation.</summary>
    public static readonly Guid AdminId = new("0198a000-0000-7000-8000-00000000ad31");

    /// <summary>
    /// Whether demo accounts and data are loaded. Default: true with the embedded PostgreSQL, else false.
    /// </summary>
    public bool Enabled { get; set; }

    /// <summary>The e-mail address with which the demo admin signs in.</summary>
    public string AdminEmail { get; set; } = "admin@example.com";

    /// <summary>The demo admin's password. Default: generated once and kept in the data folder.</summary>
    public string AdminPassword { get; set; } = "";

    /// <summary>The e-mail address with which the demo customer signs in.</summary>
    public string CustomerEmail { get; set; } = "customer@example.com";

    /// <summary>The demo customer's password. Default: generated once and kept in the data folder.</summary>
    public string CustomerPassword { get; set; } = "";
}
