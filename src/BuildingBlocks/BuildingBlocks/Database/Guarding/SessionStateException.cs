namespace BuildingBlocks.Database.Guarding;

/// <summary>A statement was about to leave something behind in a session that others use later.</summary>
public sealed class SessionStateException : RefusedSqlException
{
    internal SessionStateException(string module, string sql)
        : base(
            $"executes SQL of module '{module}' that changes its session: \"{sql.Trim()}\". Connections go from one "
                + "use to the next as they are, here and behind PgBouncer. "
                + "Use what ends with the transaction: set local, set_config(..., true), pg_advisory_xact_lock "
                + "(docs/guides/database.md)."
        ) { }
}
