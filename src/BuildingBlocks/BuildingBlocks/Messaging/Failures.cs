using BuildingBlocks.Persistence;
using Microsoft.EntityFrameworkCore;

namespace BuildingBlocks.Messaging;

/// <summary>Tells whose fault a failure is.</summary>
internal static class Failures
{
    /// <summary>A fault of the database is nobody's: the same work succeeds later.</summary>
    public static bool IsTransient(Exception failure) => DatabaseFault.Of(failure) is not null;

    /// <summary>Somebody changed the same row at the same time; trying again with fresh rows usually succeeds.</summary>
    public static bool IsConflict(Exception failure)
    {
        for (var one = failure; one is not null; one = one.InnerException)
        {
            if (one is DbUpdateConcurrencyException)
            {
                return true;
            }
        }

        return false;
    }
}
