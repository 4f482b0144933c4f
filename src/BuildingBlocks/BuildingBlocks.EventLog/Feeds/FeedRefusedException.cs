namespace BuildingBlocks.EventLog.Feeds;

/// <summary>
/// A feed stops where it is, since what it was given, or was to give, cannot be right. Nothing was appended.
/// </summary>
/// <param name="message">What is wrong, and which setting or command mends it.</param>
/// <param name="cause">What was caught, if anything.</param>
internal sealed class FeedRefusedException(string message, Exception? cause = null) : Exception(message, cause);
