using BuildingBlocks.Tests.Probe;
using FsCheck;
using FsCheck.Fluent;

namespace BuildingBlocks.Tests.EventLog.Model;

/// <summary>
/// Random interleavings of transactions and readers on a real PostgreSQL. A failure prints the shortest program found
/// and its seed: give that to <c>WithReplay</c> to see it again.
/// </summary>
public sealed class LogModelTests(ProbeFixture probe) : IClassFixture<ProbeFixture>
{
    private const int Programs = 300;
    private const int SubscriptionPrograms = 60;

    [Fact]
    public void Each_committed_event_is_read_once_and_in_the_order_of_its_key() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(Programs), Holds(LogReaders.OfTheEventLog));

    [Fact]
    public void The_same_check_sees_what_a_reader_after_the_last_position_loses() =>
        ShouldFail(LogReaders.AfterTheLastPosition, " lost ");

    [Fact]
    public void The_same_check_sees_what_a_reader_that_forgets_the_rest_of_a_step_loses() =>
        ShouldFail(LogReaders.ForgettingTheRestOfAStep, " lost ");

    [Fact]
    public void Each_event_takes_effect_once_and_in_the_order_of_its_key_whoever_dies_and_whatever_fails() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(SubscriptionPrograms),
            Prop.ForAll(SubscriptionProgram.Any, program => Holds(() => SubscriptionRun.FindFaultAsync(probe, program)))
        );

    private void ShouldFail(NewReader reader, string how)
    {
        var failure = Should.Throw<Exception>(() =>
            Check.One(Config.QuickThrowOnFailure.WithMaxTest(Programs), Holds(reader))
        );
        failure.Message.ShouldContain("Falsifiable");
        failure.Message.ShouldContain(how);
    }

    private Property Holds(NewReader reader) =>
        Prop.ForAll(LogProgram.Any, program => Holds(() => LogRun.FindFaultAsync(probe, program, reader)));

    // FsCheck itself is not asynchronous; what it waits for runs on other threads than the few that xunit gives all
    // tests together.
    private static Property Holds(Func<Task<string?>> run)
    {
        var fault = Task.Run(run).GetAwaiter().GetResult();
        return (fault is null).Label(fault ?? "");
    }
}
