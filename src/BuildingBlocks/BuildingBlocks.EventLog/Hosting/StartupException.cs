namespace BuildingBlocks.EventLog.Hosting;

/// <summary>
/// The Host cannot start for a reason its operator can mend. The message names what is wrong and which setting or
/// command mends it.
/// </summary>
/// <param name="message">Complete by itself; it is shown without a stack trace.</param>
/// <param name="cause">What was caught, if anything.</param>
public sealed class StartupException(string message, Exception? cause = null) : Exception(message, cause);
