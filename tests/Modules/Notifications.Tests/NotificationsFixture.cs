using BuildingBlocks.Testing;
using Customers.Contracts;
using MimeKit;
using Notifications.Features;
using Orders.Contracts;

namespace Notifications.Tests;

/// <summary>Notifications that puts its mails into a folder of its own.</summary>
public class NotificationsFixture : ModuleFixture<NotificationsModule>
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("mails-");

    public string Folder => folder.FullName;

    protected override IReadOnlyDictionary<string, string?> Settings =>
        new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["notifications:From"] = "The shop <orders@shop.example>",
            ["notifications:PickupFolder"] = Folder,
        };

    internal static OrderConfirmedV2 Confirmed(Guid orderId, string? name = "Ada", string? email = "ada@example.com") =>
        new(
            orderId,
            Guid.CreateVersion7(),
            name,
            email,
            "DE",
            "EUR",
            119_900,
            [new("TEA", "Tea <green>", 2, 350)],
            DateTimeOffset.UnixEpoch
        );

    internal static OrderCancelledV1 Cancelled(Guid orderId) =>
        new(
            orderId,
            Guid.CreateVersion7(),
            "EUR",
            350,
            [new("TEA", "Tea", 1, 350)],
            "out of stock",
            ConfirmedAt: null,
            DateTimeOffset.UnixEpoch,
            "Ada",
            "ada@example.com"
        );

    /// <summary>An order that was placed here by a customer with this address.</summary>
    internal async Task<(Guid OrderId, Guid CustomerId)> Placed(string email)
    {
        var (orderId, customerId) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await Given(
            new CustomerRegisteredV1(customerId, UserId: null, "Ada", email, "DE", Address: null),
            new OrderPlacedV1(orderId, customerId, "EUR", 350, [new("TEA", "Tea", 1, 350)])
        );
        return (orderId, customerId);
    }

    internal async Task<IReadOnlyList<NotificationsItem>> Listed(Guid orderId) =>
        (await Send(new ListNotifications(orderId, Cursor: null, Limit: null))).Succeeded().Items;

    /// <summary>The mail about an event, as it lies in the folder.</summary>
    internal Task<MimeMessage> Mail(Guid eventId) =>
        MimeMessage.LoadAsync(Path.Combine(Folder, $"{eventId:N}.eml"), TestContext.Current.CancellationToken);

    internal Task<IReadOnlyList<string>> Parked(Guid orderId) =>
        Sql.List<string>("select error from parked_events where key = $1 order by position", orderId.ToString());
}
