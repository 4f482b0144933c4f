using System.Diagnostics;

namespace BuildingBlocks.Persistence.Watching;

/// <summary>A statement was about to leave something behind in a session that others use later. Thrown in tests and in Development, before the statement is sent.</summary>
public sealed class SessionStateException : InvalidOperationException
{
    private readonly string what;
    private readonly string? site;

    internal SessionStateException(string module, string sql)
    {
        site = CallSite.In(new StackTrace(fNeedFileInfo: true));
        what = $"executes SQL of module '{module}' that changes its session: \"{sql.Trim()}\". Connections go from one use to the next as they are, here and behind PgBouncer. "
            + "Use what ends with the transaction: set local, set_config(..., true), pg_advisory_xact_lock (docs/guides/database.md).";
    }

    /// <summary>The method that had it executed, with file and line where they are known.</summary>
    // After an await the stack begins anew, but the exception gathers the methods it passes through.
    public string Where => site ?? CallSite.In(new StackTrace(this, fNeedFileInfo: true)) ?? "Somebody";

    /// <inheritdoc />
    public override string Message => $"{Where} {what}";
}
