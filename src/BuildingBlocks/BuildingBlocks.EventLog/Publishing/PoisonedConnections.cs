using System.Data.Common;
using BuildingBlocks.EventLog.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace BuildingBlocks.EventLog.Publishing;

/// <summary>
/// Has a module's connections closed instead of handed on when one of them may hold a half-prepared statement. A
/// statement that Npgsql prepares by itself counts as prepared once PostgreSQL has parsed it; when its values are
/// refused right after that, Npgsql never learns what it answers, and whoever executes it next on the connection fails.
/// Sees every statement of EF Core; whoever executes others reports what failed. Thread-safe.
/// </summary>
internal sealed class PoisonedConnections(IModulePools pools) : DbCommandInterceptor, ISaveChangesInterceptor
{
    // Values that cannot be read or computed with, a broken conversation, and values that take too much to be read:
    // PostgreSQL reads values, and computes what is constant, between parsing a statement and describing it.
    private static readonly string[] Classes = ["22", "08", "54"];

    /// <summary>
    /// Closes connections, each when it is not in use, if the failure may have left a statement half-prepared.
    /// </summary>
    /// <param name="failure">Whatever was thrown.</param>
    /// <param name="module">Whose connection it was; null when it may have been any module's.</param>
    public void After(Exception failure, string? module)
    {
        if (IsPoison(failure))
        {
            pools.CloseIdle(module);
        }
    }

    public override void CommandFailed(DbCommand command, CommandErrorEventData eventData) =>
        After(eventData.Exception, SchemaOf(eventData.Context));

    public override Task CommandFailedAsync(
        DbCommand command,
        CommandErrorEventData eventData,
        CancellationToken cancellationToken = default
    )
    {
        After(eventData.Exception, SchemaOf(eventData.Context));
        return Task.CompletedTask;
    }

    // Of several statements in one command, those after the first fail while their results are read.
    public void SaveChangesFailed(DbContextErrorEventData eventData) =>
        After(eventData.Exception, SchemaOf(eventData.Context));

    public Task SaveChangesFailedAsync(DbContextErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        After(eventData.Exception, SchemaOf(eventData.Context));
        return Task.CompletedTask;
    }

    private static string? SchemaOf(DbContext? context) => (context as ModuleDbContext)?.Schema;

    private static bool IsPoison(Exception failure) =>
        Causes
            .Of(failure)
            .OfType<PostgresException>()
            .Any(answered => Classes.Any(kind => answered.SqlState.StartsWith(kind, StringComparison.Ordinal)));
}
