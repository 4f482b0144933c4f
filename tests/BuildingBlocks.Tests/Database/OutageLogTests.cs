using BuildingBlocks.EventLog.Diagnostics;
using BuildingBlocks.Testing;
using BuildingBlocks.Tests.Probe;
using Npgsql;

namespace BuildingBlocks.Tests.Database;

/// <summary>However often and in however many places something fails, the log stays short.</summary>
public sealed class OutageLogTests
{
    private static readonly NpgsqlException Lost = new("Failed to connect", new IOException("Connection refused"));

    private readonly TestClock clock = new();
    private readonly Lines<OutageLog> said = new();
    private readonly OutageLog outages;

    public OutageLogTests() => outages = new(clock, said);

    [Fact]
    public void A_database_that_many_miss_is_one_outage_with_a_beginning_reminders_and_an_end()
    {
        for (var second = 0; second < 600; second++)
        {
            foreach (var work in Enumerable.Range(0, 60))
            {
                outages.Failed($"Work {work}", new InvalidOperationException("wrapped", Lost));
            }

            outages.FailedOnce("A request", Lost);
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        said.Count.ShouldBe(4, "It begins, and lasts for 1, 3 and 7 minutes.");
        said.First().ShouldStartWith("The database cannot be used: Failed to connect: Connection refused.");
        said.Last().ShouldStartWith("The database cannot be used for 7 min 0 s now, noticed 25621 times");

        clock.Advance(OutageLog.Quiet);
        foreach (var work in Enumerable.Range(0, 60))
        {
            said.Count.ShouldBe(4);
            outages.Succeeded($"Work {work}");
        }

        said.Last().ShouldStartWith("The database can be used again after 9 min 59 s; the trouble");
        said.ShouldAllBe(line => !line.Contains('\n'));
    }

    [Fact]
    public void A_failure_of_another_kind_is_an_outage_of_the_work_that_fails()
    {
        outages.Failed("One", new InvalidOperationException("broken\nbadly"));
        outages.Failed("Two", new InvalidOperationException("broken"));
        outages.Failed("One", new InvalidOperationException("broken otherwise"));

        said.Count.ShouldBe(2);
        said.First().ShouldStartWith("One fails: InvalidOperationException: broken badly");
    }

    [Fact]
    public void What_fails_every_other_time_is_one_outage()
    {
        for (var time = 0; time < 20; time++)
        {
            outages.Failed("Flapping", new InvalidOperationException("broken"));
            clock.Advance(TimeSpan.FromSeconds(1));
            outages.Succeeded("Flapping");
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        said.ShouldHaveSingleItem();
        clock.Advance(OutageLog.Quiet);
        outages.Succeeded("Anything");
        said.Count.ShouldBe(2);
    }

    [Fact]
    public void Requests_that_met_an_outage_do_not_keep_it_up()
    {
        outages.FailedOnce("A request", Lost);
        clock.Advance(OutageLog.Quiet);
        outages.Succeeded("Work");

        said.Last().ShouldStartWith("The database can be used again after less than a second;");
    }

    [Fact]
    public void Each_cause_of_one_outage_is_told_once()
    {
        for (var time = 0; time < 3; time++)
        {
            outages.Failed("Orders", new NpgsqlException("Role mm_orders_app cannot sign in"));
            outages.Failed("Payments", new NpgsqlException("Role mm_payments_app cannot sign in"));
            outages.DatabaseUnusable("Module users", "It takes no writes.");
        }

        said.ShouldBe([
            "The database cannot be used: Role mm_orders_app cannot sign in. The next line about it comes when it "
                + "has lasted a minute, or is over.",
            "The database cannot be used for another cause as well: Role mm_payments_app cannot sign in.",
            "The database cannot be used for another cause as well: It takes no writes.",
        ]);
    }

    [Fact]
    public void A_thousand_causes_are_not_a_thousand_lines()
    {
        foreach (var number in Enumerable.Range(0, 1000))
        {
            outages.Failed("Orders", new NpgsqlException($"Connection {number} lost"));
        }

        said.Count.ShouldBe(16);
    }

    [Fact]
    public void What_nobody_tried_again_is_not_called_well()
    {
        outages.FailedOnce("Setting the clock", new InvalidOperationException("broken"));
        clock.Advance(OutageLog.Quiet);
        outages.Succeeded("Work");

        said.Last()
            .ShouldBe(
                "Setting the clock has not failed again for 5 s, after less than a second; the trouble was noticed 1 "
                    + "times."
            );
    }

    [Fact]
    public void What_is_unwell_is_said_once_however_its_reason_changes()
    {
        outages.Unwell("Module orders", "What came from payments is 61 s old.");
        outages.Unwell("Module orders", "What came from payments is 62 s old.");

        said.ShouldHaveSingleItem().ShouldStartWith("Module orders is unwell: What came from payments is 61 s old.");
    }
}
