namespace BuildingBlocks.Testing;

/// <summary>
/// The throw-away PostgreSQL of a test run: started on first use, not durable, gone when the process ends. Each test project runs in a
/// process of its own and has its own. The environment variable <c>TEST_POSTGRES</c> may name another server instead, by the connection string of
/// a superuser; databases and roles made there are dropped again.
/// </summary>
public static class TestCluster
{
    /// <summary>The environment variable that names another server.</summary>
    public const string Variable = "TEST_POSTGRES";

    private static readonly Lazy<Task<string>> Running = new(Start);

    /// <summary>The connection string of the cluster's superuser, without a database.</summary>
    public static Task<string> Administrator() => Running.Value;

    private static Task<string> Start() =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } server
            ? Task.FromResult(server)
            : throw new NotSupportedException($"Name a server in {Variable} until the embedded one has landed.");
}
