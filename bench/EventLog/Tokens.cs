using System.Globalization;
using Balances;
using BuildingBlocks.Modules;
using Spectre.Console;

namespace EventLog.Bench;

/// <summary>What is measured.</summary>
/// <param name="Rounds">How often each of the two is measured, in turn with the other.</param>
/// <param name="Events">Of one measurement, after a tenth as many to warm up.</param>
internal sealed record TokensOptions(int Rounds, int Events);

/// <summary>A reaction that finds a row and changes it: with the row's concurrency token, and without.</summary>
internal static class Tokens
{
    private static readonly (string Name, string Table, Action<ModuleRegistration> Add)[] Rows =
    [
        ("token", "guarded_balances", modules => modules.Add<GuardedBalancesModule>()),
        ("no-token", "unguarded_balances", modules => modules.Add<UnguardedBalancesModule>()),
    ];

    public static async Task<int> RunAsync(TokensOptions options, FileInfo? json, CancellationToken cancellationToken)
    {
        await using var server = await Server.StartAsync(cancellationToken);
        Figures figures = new();
        try
        {
            for (var round = 0; round <= options.Rounds; round++)
            {
                // The first round compiles what has been executed often, and does not count.
                foreach (var (name, table, add) in round % 2 == 0 ? Rows : Rows.Reverse())
                {
                    AnsiConsole.MarkupLineInterpolated(
                        CultureInfo.InvariantCulture,
                        $"round {round} of {options.Rounds}, {name}"
                    );
                    var counted = round == 0 ? new() : figures;
                    await OfOneAsync(server, name, table, add, options, counted, cancellationToken);
                }
            }
        }
        catch (WrongResultException wrong)
        {
            AnsiConsole.MarkupLineInterpolated($"[red]{wrong.Message}[/]");
            return 1;
        }

        Report.Show(figures, "lanes");
        await Report.WriteAsync(figures, json, svg: null, cancellationToken);
        return 0;
    }

    private static async Task OfOneAsync(
        Server server,
        string name,
        string table,
        Action<ModuleRegistration> add,
        TokensOptions options,
        Figures figures,
        CancellationToken cancellationToken
    )
    {
        var warmup = options.Events / 10;
        await using var installation = await server.InstallAsync([new GuardedBalancesModule()], cancellationToken);
        await Growth.FillAsync(installation, warmup + options.Events, cancellationToken);
        await installation.ExecuteAsync(
            $"insert into balances.{table} select distinct key::uuid, 0, 0 from sales.outbox",
            cancellationToken
        );
        await installation.ExecuteAsync("vacuum analyze; checkpoint", cancellationToken);
        await using (
            var running = await ModularVariant.StartAsync(installation, add, poisons: false, cancellationToken)
        )
        {
            await running.AppliedAsync(warmup, cancellationToken);
            var cost = await Cost.OfAsync(
                server,
                installation,
                () => running.AppliedAsync(warmup + options.Events, cancellationToken),
                cancellationToken
            );

            void Add(string figure, string unit, double value) => figures.Add(name, producers: 1, figure, unit, value);
            Add("events-per-second", "1/s", options.Events / cost.Time.TotalSeconds);
            Add("statements-per-event", "", (double)cost.Statements / options.Events);
            Add("wal-bytes-per-event", "B", (double)cost.WalBytes / options.Events);
            Add("cpu-seconds-per-1000", "s", cost.OwnProcessor.TotalSeconds * 1000 / options.Events);
            Add("postgres-cpu-seconds-per-1000", "s", cost.PostgresProcessor.TotalSeconds * 1000 / options.Events);
            Add("kb-allocated-per-event", "kB", cost.AllocatedBytes / 1024.0 / options.Events);
        }

        var added = await installation.ValueAsync<long>($"select sum(orders) from balances.{table}", cancellationToken);
        if (added != warmup + options.Events)
        {
            throw new WrongResultException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{name}: {added} orders were added of {warmup + options.Events}."
                )
            );
        }
    }
}
