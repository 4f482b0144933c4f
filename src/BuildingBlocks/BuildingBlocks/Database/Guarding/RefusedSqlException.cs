using System.Diagnostics;

namespace BuildingBlocks.Database.Guarding;

/// <summary>
/// A statement on a module's connection was refused before it was sent; says who was about to execute it. Thrown in
/// tests and in Development.
/// </summary>
public abstract class RefusedSqlException : InvalidOperationException
{
    private readonly string what;
    private readonly string? site;

    private protected RefusedSqlException(string what) =>
        (this.what, site) = (what, CallSite.In(new StackTrace(fNeedFileInfo: true)));

    /// <summary>The method that had it executed, with file and line where they are known.</summary>
    // After an await the stack begins anew, but the exception gathers the methods it passes through.
    public string Where => site ?? CallSite.In(new StackTrace(this, fNeedFileInfo: true)) ?? "Somebody";

    /// <inheritdoc />
    public override string Message => $"{Where} {what}";
}
