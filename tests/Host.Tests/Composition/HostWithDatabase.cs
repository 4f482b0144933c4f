using System.Diagnostics;
using System.Globalization;
using Host.Tests.Running;
using Npgsql;

namespace Host.Tests.Composition;

/// <summary>A Host of its own, whose database a test may get in the way of.</summary>
public sealed class HostWithDatabase : IAsyncLifetime
{
    private readonly HostSettings settings = new HostSettings().With("Composition__TimeLimit", "00:00:02");
    private HostProcess? process;
    private Shop? shop;
    private NpgsqlDataSource? administrator;

    public Shop Shop => shop!;

    public async ValueTask InitializeAsync()
    {
        process = await HostProcess.StartAsync(settings);
        shop = await Shop.EnterAsync(process);
        // Without a pool: a connection from before the server was killed would only show when it is used.
        administrator = NpgsqlDataSource.Create(
            await process.Administrator() + ";Database=modular_monolith;Pooling=false"
        );
    }

    /// <summary>Nobody reads or writes the table until the answer is disposed of.</summary>
    public async Task<IAsyncDisposable> LockAsync(string table)
    {
        var connection = await administrator!.OpenConnectionAsync();
        await connection.BeginTransactionAsync();
        await using NpgsqlCommand command = new($"lock table {table} in access exclusive mode", connection);
        await command.ExecuteNonQueryAsync();
        return connection;
    }

    /// <summary>All that the Host has printed so far.</summary>
    public string Output => process!.Output;

    /// <summary>kill -9 of the server, which leaves it no time for anything.</summary>
    public async Task KillPostgresAsync()
    {
        var pidFile = await File.ReadAllLinesAsync(Path.Combine(settings.DataFolder, "postgres", "postmaster.pid"));
        using var postmaster = Process.GetProcessById(int.Parse(pidFile[0], CultureInfo.InvariantCulture));
        postmaster.Kill();
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = administrator!.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        shop?.Dispose();
        if (administrator is not null)
        {
            await administrator.DisposeAsync();
        }

        if (process is not null)
        {
            await process.DisposeAsync();
        }

        settings.Dispose();
    }
}
