using System.Globalization;
using BuildingBlocks.Database;
using BuildingBlocks.EventLog.Feeds;
using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.Feeds;
using BuildingBlocks.Modules;

namespace Host.Startup;

/// <summary>The commands for events that cross processes; see docs/guides/feeds.md.</summary>
internal static class FeedCommands
{
    /// <summary>Compares each shadow with its home, and tells on standard output what was found.</summary>
    /// <exception cref="StartupException">They differ, which makes the exit code 1; or a home cannot be
    /// asked.</exception>
    public static Task VerifyAsync(WebApplication app, CancellationToken cancellationToken) =>
        OverAsync(app, only: null, cancellationToken: cancellationToken, work: async history =>
        {
            var verified = await history.VerifyAsync(cancellationToken);
            foreach (var difference in verified.Differences)
            {
                await Terminal.Output.WriteLineAsync($"- {verified.Module}: {difference}");
            }

            if (verified.Differences.Count > 0)
            {
                throw new StartupException(
                    $"The shadow of {verified.Module} differs from its home. See docs/guides/feeds.md."
                );
            }

            await Terminal.Output.WriteLineAsync(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{verified.Module}: {verified.Events} events, the same here as at home."
                )
            );
        });

    /// <summary>Has a feed go on where shadow and home have the same history.</summary>
    /// <exception cref="StartupException">There is no such feed, or its home cannot be asked.</exception>
    public static Task ResetAsync(WebApplication app, string module, CancellationToken cancellationToken)
    {
        var catalog = app.Services.GetRequiredService<ModuleCatalog>();
        string[] types =
        [
            .. catalog
                .Subscriptions.Where(one => string.Equals(one.Source, module, StringComparison.Ordinal))
                .SelectMany(one => one.EventTypes)
                .Distinct(StringComparer.Ordinal),
        ];
        return OverAsync(app, module, cancellationToken: cancellationToken, work: async history =>
        {
            var reset = await history.ResetAsync(types, cancellationToken);
            foreach (var lost in reset.Lost)
            {
                await Terminal.Output.WriteLineAsync($"- no longer at home: {lost}");
            }

            await Terminal.Output.WriteLineAsync(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{module}: goes on at {reset.NextSeq}; {reset.Payloads} payloads fetched, {reset.Lost.Count} "
                        + $"events that the home no longer has."
                )
            );
        });
    }

    private static async Task OverAsync(
        WebApplication app,
        string? only,
        Func<FeedHistory, Task> work,
        CancellationToken cancellationToken
    )
    {
        var shadows = app.Services.GetRequiredService<ModuleCatalog>().Shadows.Select(shadow => shadow.Name).ToArray();
        if (only is not null && !shadows.Contains(only, StringComparer.Ordinal))
        {
            throw new StartupException(
                $"Feeds:Sources names no '{only}'; it has "
                    + $"{(shadows.Length == 0 ? "none" : string.Join(", ", shadows))}."
            );
        }

        await using HostDatabase database = new();
        await database.FindAsync(app, cancellationToken);
        var pools = app.Services.GetRequiredService<ModuleDataSources>();
        foreach (
            var module in shadows.Where(module => only is null || string.Equals(module, only, StringComparison.Ordinal))
        )
        {
            try
            {
                await work(new(module, pools.OfFeed(module), app.Services.GetRequiredService<FeedClient>().AskAsync));
            }
            catch (Exception refused) when (refused is FeedRefusedException or HttpRequestException or TimeoutException)
            {
                throw new StartupException(refused.Message, refused);
            }
        }
    }
}
