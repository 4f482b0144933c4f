namespace Host.Tests.Running;

/// <summary>
/// One Host for all tests that leave it as they find it. Whatever it answers to <see cref="Shop"/> must be as it
/// describes itself.
/// </summary>
public sealed class RunningHost : IAsyncLifetime
{
    /// <summary>
    /// The collection of the classes that place or count orders of the demo customer: one after the other.
    /// </summary>
    public const string DemoCustomersOrders = "Orders of the demo customer";

    private readonly HostSettings settings = new();
    private HostProcess? process;
    private Shop? shop;

    public HostProcess Process => process!;

    public Shop Shop => shop!;

    public async ValueTask InitializeAsync()
    {
        process = await HostProcess.StartAsync(settings);
        shop = await Shop.EnterAsync(process, (await DescribedAnswers.OfAsync(process)).Hold);
    }

    public async ValueTask DisposeAsync()
    {
        shop?.Dispose();
        if (process is not null)
        {
            await process.DisposeAsync();
        }

        settings.Dispose();
    }
}
