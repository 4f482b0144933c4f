using System.Collections.Concurrent;
using BuildingBlocks.EventLog.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace BuildingBlocks.Database;

/// <summary>
/// Gives each new connection of one role the password that the file has at that moment, so that passwords change under
/// running Hosts.
/// </summary>
/// <param name="path">The file.</param>
internal sealed class PasswordSource(string path)
{
    private readonly PasswordGate gate = new(path);
    private readonly ConcurrentQueue<IDisposable> signingIn = new();

    /// <summary>Asks the file for the passwords of all connections that come from this builder's data source.</summary>
    /// <param name="builder">Has no password.</param>
    /// <param name="loggers">For Npgsql.</param>
    public void For(NpgsqlDataSourceBuilder builder, ILoggerFactory loggers)
    {
        // The server looks up what it knows of the password before it asks for it, so the gate is entered before the
        // server is called. Npgsql tells of that moment in its log only.
        var limit = TimeSpan.FromSeconds(builder.ConnectionStringBuilder.Timeout is > 0 and var seconds ? seconds : 60);
        builder.UseLoggerFactory(new Announcing(loggers, () => signingIn.Enqueue(gate.Enter(limit))));
        builder.UsePasswordProvider(Of, (settings, _) => ValueTask.FromResult(Of(settings)));
        builder.UsePhysicalConnectionInitializer(
            _ => SignedIn(),
            _ =>
            {
                SignedIn();
                return Task.CompletedTask;
            }
        );
    }

    private string Of(NpgsqlConnectionStringBuilder settings)
    {
        var passwords = KeptFile.Read<Dictionary<string, string>>(path, "Restore it, or run 'database provision'.");
        return passwords?.GetValueOrDefault(settings.Username ?? "")
            ?? throw new StartupException(
                $"{path} has no password of role '{settings.Username}'. Run 'database provision', or correct "
                    + "Database:PasswordFile."
            );
    }

    // It does not matter whose hold is given up: as many are left as are signing in.
    private void SignedIn()
    {
        if (signingIn.TryDequeue(out var lease))
        {
            lease.Dispose();
        }
    }

    /// <summary>Hears when a physical connection is about to be opened, and passes everything on.</summary>
    private sealed class Announcing(ILoggerFactory inner, Action opening) : ILoggerFactory
    {
        public ILogger CreateLogger(string categoryName) =>
            categoryName is "Npgsql.Connection"
                ? new Logger(inner.CreateLogger(categoryName), opening)
                : inner.CreateLogger(categoryName);

        public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

        public void Dispose()
        {
            // The inner one belongs to the container.
        }

        private sealed class Logger(ILogger inner, Action opening) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => inner.BeginScope(state);

            public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

            public void Log<TState>(
                LogLevel logLevel,
                EventId eventId,
                TState state,
                Exception? exception,
                Func<TState, Exception?, string> formatter
            )
            {
                if (eventId.Name is "OpeningPhysicalConnection")
                {
                    opening();
                }

                if (inner.IsEnabled(logLevel))
                {
                    inner.Log(logLevel, eventId, state, exception, formatter);
                }
            }
        }
    }
}
