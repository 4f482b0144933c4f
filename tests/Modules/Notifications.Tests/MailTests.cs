using BuildingBlocks.Testing;
using Customers.Contracts;
using MimeKit;
using Notifications.Domain;
using Notifications.Features;
using Orders.Contracts;
using Payments.Contracts;
using Shipping.Contracts;

namespace Notifications.Tests;

/// <summary>What is written to whom.</summary>
public sealed class MailTests(NotificationsFixture notifications) : IClassFixture<NotificationsFixture>
{
    [Fact]
    public async Task A_confirmed_order_is_thanked_for_as_text_and_as_HTML_in_which_nothing_can_be_smuggled()
    {
        var orderId = Guid.CreateVersion7();
        await notifications.Given(
            NotificationsFixture.Confirmed(orderId, "Ada <b>\r\nBcc: all@example.com", "ada@example.com")
        );

        var listed = (await notifications.Listed(orderId)).ShouldHaveSingleItem();
        (listed.Kind, listed.Recipient, listed.Transport).ShouldBe((MailKind.Confirmed, "ada@example.com", "pickup"));
        var mail = await notifications.Mail(listed.EventId);
        mail.MessageId.ShouldBe($"{listed.EventId:N}@shop.example");
        mail.From.ToString().ShouldBe("\"The shop\" <orders@shop.example>");
        mail.To.Mailboxes.ShouldHaveSingleItem().Address.ShouldBe("ada@example.com");
        mail.Bcc.ShouldBeEmpty();
        mail.Subject.ShouldBe("Your order is confirmed");
        mail.TextBody.ShouldNotBeNull().ShouldContain("Hello Ada <b> Bcc: all@example.com,");
        mail.TextBody.ShouldNotBeNull().ShouldContain("2 x Tea <green>");
        mail.TextBody.ShouldNotBeNull().ShouldContain("Total: 1,199.00 EUR");
        mail.HtmlBody.ShouldNotBeNull().ShouldContain("Hello Ada &lt;b&gt;");
        mail.HtmlBody.ShouldNotBeNull().ShouldContain("2 × Tea &lt;green&gt;");
        mail.HtmlBody.ShouldNotBeNull().ShouldContain($"{orderId}");
    }

    [Fact]
    public async Task Shipped_goods_and_money_given_back_are_told_to_where_the_customer_is_written_to_now()
    {
        var (orderId, customerId) = await notifications.Placed("old@example.com");
        await notifications
            .Given(new CustomerProfileUpdatedV1(customerId, "Ada L.", "new@example.com"))
            .When(
                new ShipmentDispatchedV1(Guid.CreateVersion7(), orderId, DateTimeOffset.UnixEpoch),
                new PaymentRefundedV1(Guid.CreateVersion7(), orderId, 1_050, "JPY", DateTimeOffset.UnixEpoch)
            );

        var listed = await notifications.Listed(orderId);
        listed.Select(mail => mail.Kind).Order().ShouldBe([MailKind.Shipped, MailKind.Refunded]);
        listed.ShouldAllBe(mail => mail.Recipient == "new@example.com");
        (await MailOf(listed, MailKind.Refunded)).TextBody.ShouldNotBeNull().ShouldContain("given back 1,050 JPY for");
        (await MailOf(listed, MailKind.Shipped)).TextBody.ShouldNotBeNull().ShouldContain("Hello Ada L.,");
    }

    [Fact]
    public async Task A_cancelled_order_is_told_why()
    {
        var (orderId, _) = await notifications.Placed("ada@example.com");
        await notifications.Given(NotificationsFixture.Cancelled(orderId));

        var listed = await notifications.Listed(orderId);
        (await MailOf(listed, MailKind.Cancelled))
            .TextBody.ShouldNotBeNull()
            .ShouldContain("was cancelled: out of stock");
    }

    [Fact]
    public async Task An_order_lifted_from_version_1_goes_to_the_copy_of_its_customer()
    {
        var (orderId, _) = await notifications.Placed("copy@example.com");
        await notifications.Given(NotificationsFixture.Confirmed(orderId, name: null, email: null));

        (await notifications.Listed(orderId)).ShouldHaveSingleItem().Recipient.ShouldBe("copy@example.com");
    }

    [Fact]
    public async Task Nothing_is_written_about_what_was_imported_nor_about_a_refund_of_nothing()
    {
        var (imported, refunded) = (Guid.CreateVersion7(), (await notifications.Placed("ada@example.com")).OrderId);
        await notifications.Given(
            NotificationsFixture.Confirmed(imported) with
            {
                FulfilledElsewhere = true,
            },
            new PaymentRefundedV1(Guid.CreateVersion7(), refunded, 0, "XXX", DateTimeOffset.UnixEpoch)
        );

        (await notifications.Listed(imported)).ShouldBeEmpty();
        (await notifications.Listed(refunded)).ShouldBeEmpty();
        (await notifications.Sql.Value<long>("select count(*) from parked_events")).ShouldBe(0);
    }

    [Fact]
    public async Task What_is_imported_as_a_return_is_waited_for_a_while_and_not_written_about()
    {
        var orderId = Guid.CreateVersion7();
        notifications.FailsOnParked = false;
        await notifications.Given(NotificationsFixture.Cancelled(orderId));
        (await notifications.Parked(orderId)).ShouldHaveSingleItem().ShouldContain("may be behind");

        for (var attempt = 0; attempt < 6; attempt++)
        {
            await notifications.Advance(TimeSpan.FromMinutes(5));
        }

        (await notifications.Parked(orderId)).ShouldBeEmpty();
        (await notifications.Listed(orderId)).ShouldBeEmpty();
        notifications.FailsOnParked = true;
    }

    [Fact]
    public async Task Mails_about_an_unknown_customer_wait_until_they_are_known()
    {
        var (orderId, customerId) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        notifications.FailsOnParked = false;
        await notifications.Given(new ShipmentDispatchedV1(Guid.CreateVersion7(), orderId, DateTimeOffset.UnixEpoch));
        (await notifications.Parked(orderId)).ShouldHaveSingleItem().ShouldContain("not yet, how the customer");

        await notifications.Given(
            new CustomerRegisteredV1(customerId, UserId: null, "Ada", "late@example.com", "DE", Address: null),
            new OrderPlacedV1(orderId, customerId, "EUR", 350, [new("TEA", "Tea", 1, 350)])
        );
        await notifications.Advance(TimeSpan.FromMinutes(1));

        (await notifications.Listed(orderId)).ShouldHaveSingleItem().Recipient.ShouldBe("late@example.com");
        notifications.FailsOnParked = true;
    }

    [Fact]
    public async Task The_list_is_paged_oldest_first_and_a_cursor_is_of_one_order()
    {
        var (orderId, _) = await notifications.Placed("ada@example.com");
        for (var number = 0; number < 3; number++)
        {
            await notifications.Given(
                new PaymentRefundedV1(Guid.CreateVersion7(), orderId, 100 + number, "EUR", DateTimeOffset.UnixEpoch)
            );
            await notifications.Advance(TimeSpan.FromSeconds(1));
        }

        var all = await notifications.Listed(orderId);
        var first = (await notifications.Send(new ListNotifications(orderId, Cursor: null, Limit: 2))).Succeeded();
        var second = (await notifications.Send(new ListNotifications(orderId, first.NextCursor, Limit: 2))).Succeeded();
        first.Items.Concat(second.Items).ShouldBe(all);
        all.Select(mail => mail.SentAt).ShouldBeInOrder();
        second.NextCursor.ShouldBeNull();
        (await notifications.Send(new ListNotifications(Guid.CreateVersion7(), first.NextCursor, Limit: 2)))
            .Error.ShouldNotBeNull()
            .Code.ShouldBe("notifications.bad-cursor");
    }

    private Task<MimeMessage> MailOf(IEnumerable<NotificationsItem> listed, MailKind kind) =>
        notifications.Mail(listed.Single(mail => mail.Kind == kind).EventId);
}
