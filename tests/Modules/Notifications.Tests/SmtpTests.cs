using Microsoft.Extensions.Options;
using MimeKit;
using Notifications.Mailing;

namespace Notifications.Tests;

/// <summary>
/// The mail server is slow, refuses and dies; the customer has one mail in the end, or two of one id.
/// </summary>
public sealed class SmtpTests(SmtpFixture notifications) : IClassFixture<SmtpFixture>, IDisposable
{
    private static readonly TimeSpan LongEnough = TimeSpan.FromMinutes(1);

    public void Dispose() => notifications.Server.Behave();

    [Fact]
    public async Task Each_mail_is_handed_over_once_while_all_is_well()
    {
        Guid[] orders = [.. Enumerable.Range(0, 5).Select(_ => Guid.CreateVersion7())];
        foreach (var order in orders)
        {
            await notifications.Given(NotificationsFixture.Confirmed(order));
        }

        foreach (var order in orders)
        {
            TakenAbout(order).ShouldHaveSingleItem().ShouldContain("To: Ada <ada@example.com>");
            (await notifications.Listed(order)).ShouldHaveSingleItem().Transport.ShouldBe("smtp");
        }
    }

    [Theory]
    [InlineData("EHLO", "421 4.3.2 shutting down")]
    [InlineData("MAIL", "451 4.3.0 try again")]
    [InlineData("RCPT", "550 5.1.1 no such user")]
    [InlineData(".", "552 5.2.2 mailbox full")]
    public async Task What_is_refused_is_parked_and_handed_over_when_it_is_taken(string command, string answer)
    {
        var order = Guid.CreateVersion7();
        notifications.Server.Answer = asked =>
            string.Equals(asked, command, StringComparison.Ordinal) || (command is "EHLO" && asked is "HELO")
                ? answer
                : null;
        await notifications.Given(NotificationsFixture.Confirmed(order));

        TakenAbout(order).ShouldBeEmpty();
        (await notifications.Parked(order)).ShouldHaveSingleItem();
        (await notifications.Listed(order)).ShouldBeEmpty();

        notifications.Server.Behave();
        await notifications.Advance(LongEnough);
        TakenAbout(order).ShouldHaveSingleItem();
        (await notifications.Parked(order)).ShouldBeEmpty();
        (await notifications.Listed(order)).ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("EHLO")]
    [InlineData("RCPT")]
    public async Task A_server_that_falls_silent_is_left_after_the_time_limit(string command)
    {
        var order = Guid.CreateVersion7();
        notifications.Server.StallsAt = command;
        await notifications.Given(NotificationsFixture.Confirmed(order));
        (await notifications.Parked(order))
            .ShouldHaveSingleItem()
            .ShouldContain("took longer than notifications:TimeLimit");

        notifications.Server.Behave();
        await notifications.Advance(LongEnough);
        TakenAbout(order).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_server_that_dies_over_its_answer_is_given_the_mail_again_under_the_same_id()
    {
        var order = Guid.CreateVersion7();
        notifications.Server.DiesAt = ".";
        await notifications.Given(NotificationsFixture.Confirmed(order));
        (await notifications.Listed(order)).ShouldBeEmpty();

        notifications.Server.Behave();
        await notifications.Advance(LongEnough);

        var taken = TakenAbout(order);
        taken.Length.ShouldBe(2, "Nobody can know whether it had the first.");
        taken.Select(MessageIdOf).Distinct(StringComparer.Ordinal).ShouldHaveSingleItem();
        (await notifications.Listed(order)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_server_that_dies_over_the_farewell_has_the_mail()
    {
        var order = Guid.CreateVersion7();
        notifications.Server.DiesAt = "QUIT";
        await notifications.Given(NotificationsFixture.Confirmed(order));
        await notifications.Advance(LongEnough);

        TakenAbout(order).ShouldHaveSingleItem();
        (await notifications.Parked(order)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Nothing_is_said_in_the_clear_to_a_server_that_was_to_use_TLS()
    {
        List<string> asked = [];
        notifications.Server.Answer = command =>
        {
            asked.Add(command);
            return null;
        };
        NotificationsOptions options = new()
        {
            Smtp = new() { Host = "127.0.0.1", Port = notifications.Server.Port },
        };
        using MimeMessage mail = new();

        await Should.ThrowAsync<NotSupportedException>(() =>
            new SmtpMailer(Options.Create(options)).SendAsync(mail, TestContext.Current.CancellationToken)
        );
        asked.ShouldBe(["EHLO"]);
    }

    private string[] TakenAbout(Guid order) =>
        [.. notifications.Server.Taken.Where(mail => mail.Contains($"{order}", StringComparison.Ordinal))];

    private static string MessageIdOf(string mail) =>
        mail.Split('\n').Single(line => line.StartsWith("Message-Id:", StringComparison.OrdinalIgnoreCase));
}
