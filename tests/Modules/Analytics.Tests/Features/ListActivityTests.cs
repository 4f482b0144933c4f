using System.Text.Json;
using Analytics.Features;
using BuildingBlocks.Application;
using BuildingBlocks.Testing;
using Customers.Contracts;
using Orders.Contracts;
using Payments.Contracts;
using Users.Contracts;
using static Analytics.Tests.AnalyticsFixture;

namespace Analytics.Tests.Features;

public sealed class ListActivityTests(AnalyticsFixture analytics) : IClassFixture<AnalyticsFixture>
{
    [Fact]
    public async Task Tells_what_happened_latest_first()
    {
        var order = Confirmation("EUR", Noon, "DE", Line("TEA"));
        var (paymentId, userId) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await analytics.Given(new UserRegisteredV1(userId, "grace@example.com", "Grace", "user"));
        await analytics.Given(Registration(order.CustomerId, "DE"));
        await analytics.Given(new OrderPlacedV1(order.OrderId, order.CustomerId, "EUR", 700, order.Items));
        await analytics.Given(new PaymentCapturedV1(paymentId, order.OrderId, 700, "EUR", Noon));
        await analytics.Given(order);
        await analytics.Given(Cancellation(order, Noon.AddDays(1)));
        await analytics.Given(new PaymentRefundedV1(paymentId, order.OrderId, 700, "EUR", Noon));
        await analytics.Given(new PaymentDeclinedV1(paymentId, order.OrderId, "card declined"));
        await analytics.Given(new UserRoleChangedV1(userId, "admin", "user"));

        var items = (await analytics.Send(new ListActivity(Cursor: null, Limit: 9))).Succeeded().Items;

        items
            .Select(item => (item.Type, item.SubjectId, item.AmountMinor, item.Currency))
            .ShouldBe([
                ("user.role-changed", userId, null, null),
                ("payment.declined", order.OrderId, null, null),
                ("payment.refunded", order.OrderId, 700, "EUR"),
                ("order.cancelled", order.OrderId, 700, "EUR"),
                ("order.confirmed", order.OrderId, 700, "EUR"),
                ("payment.captured", order.OrderId, 700, "EUR"),
                ("order.placed", order.OrderId, 700, "EUR"),
                ("customer.registered", order.CustomerId, null, null),
                ("user.registered", userId, null, null),
            ]);
        JsonSerializer.Serialize(items).ShouldNotContain("grace", Case.Insensitive);
    }

    [Fact]
    public async Task Pages_are_complete_and_without_doubles_while_things_happen()
    {
        HashSet<Guid> before = [.. await Happen(11)];
        List<ActivityItem> found = [];
        string? cursor = null;
        do
        {
            var page = (await analytics.Send(new ListActivity(cursor, Limit: 3))).Succeeded();
            page.Items.Count.ShouldBeLessThanOrEqualTo(3);
            found.AddRange(page.Items);
            cursor = page.NextCursor;
            await Happen(1);
        } while (cursor is not null);

        found.Select(item => item.EventId).ShouldBeUnique();
        before.Except(found.Select(item => item.SubjectId)).ShouldBeEmpty();
        found.Select(item => item.OccurredAt).ShouldBeInOrder(SortDirection.Descending);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("____________AAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\0")]
    public async Task Refuses_what_is_no_cursor(string cursor)
    {
        var refusal = (await analytics.Send(new ListActivity(cursor, Limit: null))).RefusedWith("analytics.bad-cursor");

        (refusal.Kind, refusal.Fields.Keys.Single()).ShouldBe((ErrorKind.Invalid, "cursor"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(101)]
    public async Task Refuses_limits_out_of_range(int limit) =>
        (await analytics.Send(new ListActivity(Cursor: null, limit)))
            .RefusedWith("analytics.invalid-limit")
            .Fields.Keys.ShouldBe(["limit"]);

    private async Task<IReadOnlyList<Guid>> Happen(int times)
    {
        CustomerCountryChangedV1[] moves =
        [
            .. Enumerable
                .Range(0, times)
                .Select(_ => new CustomerCountryChangedV1(Guid.CreateVersion7(), "DE", PreviousCountry: null)),
        ];
        await analytics.Given(moves);
        return [.. moves.Select(move => move.CustomerId)];
    }
}
