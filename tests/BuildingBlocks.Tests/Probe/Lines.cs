using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace BuildingBlocks.Tests.Probe;

/// <summary>What is logged from Information upwards, line by line, with stacks if there are any.</summary>
/// <typeparam name="T">Who logs.</typeparam>
internal sealed class Lines<T> : ConcurrentQueue<string>, ILogger<T>
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        if (IsEnabled(logLevel))
        {
            Enqueue($"{formatter(state, exception)}{(exception is null ? "" : $"\n{exception}")}");
        }
    }
}
