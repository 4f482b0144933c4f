using System.Globalization;

namespace BuildingBlocks.EmbeddedPostgres;

/// <summary>The unprivileged account that runs PostgreSQL for root, whom PostgreSQL refuses.</summary>
internal sealed record Account(string Name, int UserId, int GroupId)
{
    private static readonly string[] _candidates = ["postgres", "nobody"];

    /// <summary>
    /// Null unless we are root. An existing cluster is run by its owner, so that a folder made without root keeps
    /// working without root.
    /// </summary>
    public static async Task<Account?> ForAsync(DataFolder folder, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess)
        {
            return null;
        }

        if (!OperatingSystem.IsLinux())
        {
            throw new EmbeddedPostgresException(
                "PostgreSQL refuses to run as root. Run as an ordinary user, or set ConnectionStrings__Postgres to a "
                    + "server of your own."
            );
        }

        if (folder.HasCluster && await OwnerOfAsync(folder.Cluster, cancellationToken) is { UserId: not 0 } owner)
        {
            return owner;
        }

        foreach (var name in _candidates)
        {
            if (await NamedAsync(name, cancellationToken) is { } account)
            {
                return account;
            }
        }

        throw new EmbeddedPostgresException(
            "PostgreSQL refuses to run as root, and there is neither an account 'postgres' nor 'nobody' to run it. "
                + "Run as an ordinary user, or set ConnectionStrings__Postgres to a server of your own."
        );
    }

    /// <summary>The command, run by this account and unable to gain privileges again.</summary>
    public static IEnumerable<string> Prefix(Account? account) =>
        account is null
            ? []
            :
            [
                "setpriv",
                "--reuid",
                Text(account.UserId),
                "--regid",
                Text(account.GroupId),
                "--clear-groups",
                "--no-new-privs",
            ];

    /// <summary>
    /// How the account's programs name the folder. They reach it through a descriptor that root opened, because the
    /// account may not be allowed to pass through the folders above it, and those are not ours to open up.
    /// </summary>
    public static string PathOf(string folder, Account? account) => account is null ? folder : "/proc/self/fd/9";

    public async Task TakeAsync(string folder, CancellationToken cancellationToken)
    {
        var outcome = await Command.RunAsync(
            ["chown", "-R", "-h", $"{Text(UserId)}:{Text(GroupId)}", folder],
            cancellationToken
        );
        if (!outcome.Succeeded)
        {
            throw new EmbeddedPostgresException(
                $"The folder {folder} cannot be given to the account '{Name}', which runs PostgreSQL for root: "
                    + $"{outcome.Output} "
                    + "Set EmbeddedPostgres__DataDirectory to a folder on a disk that knows owners."
            );
        }
    }

    /// <summary>Gives a cluster that root owns, say one copied back from a backup, to the account.</summary>
    public async Task AdoptAsync(string cluster, CancellationToken cancellationToken)
    {
        if (await OwnerOfAsync(cluster, cancellationToken) is { UserId: 0 })
        {
            await TakeAsync(cluster, cancellationToken);
        }
    }

    private static async Task<Account?> NamedAsync(string name, CancellationToken cancellationToken)
    {
        var user = await Command.RunAsync(["id", "-u", name], cancellationToken);
        var group = await Command.RunAsync(["id", "-g", name], cancellationToken);
        return user.Succeeded && group.Succeeded ? new Account(name, Number(user.Output), Number(group.Output)) : null;
    }

    private static async Task<Account?> OwnerOfAsync(string folder, CancellationToken cancellationToken)
    {
        var outcome = await Command.RunAsync(["stat", "-c", "%U %u %g", folder], cancellationToken);
        return outcome.Succeeded && outcome.Output.Split(' ') is [var name, var user, var group]
            ? new Account(name, Number(user), Number(group))
            : null;
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
