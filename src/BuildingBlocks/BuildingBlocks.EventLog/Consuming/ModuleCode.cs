namespace BuildingBlocks.EventLog.Consuming;

/// <summary>
/// Whose code is running. Every way into a module passes here, and follows all that the module starts from there: an
/// endpoint, a reaction, a command or question of the Host, demo data, work in the background. What belongs to one
/// module is refused to the code of every other.
/// </summary>
internal static class ModuleCode
{
    private static readonly AsyncLocal<string?> Running = new();

    /// <summary>The module's name; null while the Host or the building blocks themselves are at work.</summary>
    public static string? Current => Running.Value;

    /// <summary>Marks the flow as a module's code until the result is disposed.</summary>
    /// <param name="module">Its name; null where the building blocks do on a module's behalf what it may not do
    /// itself.</param>
    public static Stay Enter(string? module)
    {
        var before = Running.Value;
        Running.Value = module;
        return new(before);
    }

    /// <exception cref="ForeignModuleException">Another module's code is running.</exception>
    public static void EnsureMayReach(string module, string what)
    {
        if (Current is { } current && !string.Equals(current, module, StringComparison.Ordinal))
        {
            throw new ForeignModuleException(
                $"{current} asks for {what} of {module}. A module sees its own only: keep a copy fed by the events of "
                    + $"{module} (docs/guides/copies.md), "
                    + "or let the Host compose the answer (docs/guides/composition.md)."
            );
        }
    }

    /// <exception cref="ForeignModuleException">A module's code is running.</exception>
    public static void EnsureIsHost(string what)
    {
        if (Current is { } current)
        {
            throw new ForeignModuleException(
                $"{current} uses {what}, which is the Host's: a module that waits for another fails with it. Keep a "
                    + "copy fed by the other's events (docs/guides/copies.md), "
                    + "or let the Host compose the answer (docs/guides/composition.md)."
            );
        }
    }

    /// <summary>Until when a module's code runs.</summary>
    public readonly struct Stay(string? before) : IDisposable
    {
        /// <inheritdoc />
        public void Dispose() => Running.Value = before;
    }
}

/// <summary>
/// A module's code reached for what is another module's or the Host's. It is a bug of that module; nothing was done.
/// </summary>
public sealed class ForeignModuleException(string message) : InvalidOperationException(message);
