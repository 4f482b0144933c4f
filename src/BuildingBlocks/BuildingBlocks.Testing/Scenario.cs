using System.Runtime.CompilerServices;
using BuildingBlocks.Application;
using BuildingBlocks.Contracts;
using MediatR;
using Shouldly;
using Xunit;

namespace BuildingBlocks.Testing;

/// <summary>What a scenario needs of its fixture.</summary>
internal interface IScenarioSteps
{
    Task Deliver(IEnumerable<IIntegrationEvent> events);

    Task Advance(TimeSpan by);

    Task<TResult> Send<TResult>(IRequest<TResult> request, As? caller)
        where TResult : IRefusable<TResult>;

    Task<long> LastPosition();

    Task<IReadOnlyList<TEvent>> PublishedAfter<TEvent>(long position)
        where TEvent : class, IIntegrationEvent;

    Task<IReadOnlyList<string>> NamesPublishedAfter(long position);
}

/// <summary>
/// A test sentence: given what happened, when something happens, then the module publishes. Its steps run in order when
/// it is awaited, and it is awaited once. Then looks only at what was published since the first When.
/// </summary>
public sealed class Scenario
{
    private readonly IScenarioSteps fixture;
    private readonly List<Func<Task>> steps = [];
    private long? start;

    internal Scenario(IScenarioSteps fixture) => this.fixture = fixture;

    /// <summary>These events were published by their modules and have reached this one.</summary>
    public Scenario Given(params IIntegrationEvent[] events) => Then(() => fixture.Deliver(events));

    /// <summary>These events happen now.</summary>
    public Scenario When(params IIntegrationEvent[] events) => Act(() => fixture.Deliver(events));

    /// <summary>Time passes.</summary>
    public Scenario When(TimeSpan passes) => Act(() => fixture.Advance(passes));

    /// <summary>Somebody sends a command, which must succeed.</summary>
    /// <param name="command">The command.</param>
    /// <param name="caller">Who sends it; the installation itself when left out.</param>
    public Scenario When<TResult>(IRequest<TResult> command, As? caller = null)
        where TResult : IRefusable<TResult> =>
        Act(async () =>
        {
            if ((await fixture.Send(command, caller)).Error is { } refusal)
            {
                Assert.Fail(
                    $"{command.GetType().Name} was refused: {refusal.Code}: {refusal.Detail} "
                        + $"{string.Join(' ', refusal.Fields.Keys)}"
                );
            }
        });

    /// <summary>The module published exactly one event of this type.</summary>
    /// <typeparam name="TEvent">Its version's type.</typeparam>
    /// <param name="assert">What else must be true of it.</param>
    public Scenario Then<TEvent>(Action<TEvent>? assert = null)
        where TEvent : class, IIntegrationEvent =>
        Then(async () =>
        {
            var published = await fixture.PublishedAfter<TEvent>(start ?? 0);
            published.Count.ShouldBe(
                1,
                $"{typeof(TEvent).Name} should have been published once. Published: {await Names()}."
            );
            assert?.Invoke(published[0]);
        });

    /// <summary>The module published no event of this type.</summary>
    /// <typeparam name="TEvent">Its version's type.</typeparam>
    public Scenario ThenNo<TEvent>()
        where TEvent : class, IIntegrationEvent =>
        Then(async () => (await fixture.PublishedAfter<TEvent>(start ?? 0)).ShouldBeEmpty());

    /// <summary>The module published nothing at all.</summary>
    public Scenario ThenNothing() => Then(async () => (await fixture.NamesPublishedAfter(start ?? 0)).ShouldBeEmpty());

    /// <summary>Runs the steps.</summary>
    public TaskAwaiter GetAwaiter() => Run().GetAwaiter();

    private async Task<string> Names() =>
        string.Join(", ", await fixture.NamesPublishedAfter(start ?? 0)) is { Length: > 0 } names ? names : "nothing";

    private Scenario Act(Func<Task> step) =>
        Then(async () =>
        {
            start ??= await fixture.LastPosition();
            await step();
        });

    private Scenario Then(Func<Task> step)
    {
        steps.Add(step);
        return this;
    }

    private async Task Run()
    {
        foreach (var step in steps)
        {
            await step();
        }
    }
}
