using Npgsql;

namespace BuildingBlocks.EventLog.Storage;

/// <summary>The connections of modules, each signed in as the module's own role.</summary>
internal interface IModulePools
{
    /// <summary>The module's pool.</summary>
    NpgsqlDataSource Of(string module);

    /// <summary>Connections outside of the pool, for sessions that last; to be disposed.</summary>
    /// <param name="module">Whose role signs in.</param>
    /// <param name="name">What the server calls them; the module's name when left out.</param>
    NpgsqlDataSource Unpooled(string module, string? name = null);

    /// <summary>
    /// Closes connections instead of handing them on: idle ones at once, others when they are given back.
    /// </summary>
    /// <param name="module">Whose; null for those of all modules.</param>
    void CloseIdle(string? module);
}
