namespace MigrateIn;

/// <summary>What was asked for cannot be done; the message says what to change. Ends the tool with exit code
/// 1.</summary>
internal sealed class RefusedException(string message, Exception? inner = null) : Exception(message, inner);
