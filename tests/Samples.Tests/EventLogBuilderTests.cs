using BuildingBlocks.Contracts;
using BuildingBlocks.EventLog;
using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.EventLog.Events;
using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.EventLog.Migrations;
using BuildingBlocks.EventLog.Publishing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Samples.Tests;

/// <summary>What does not fit together is refused before anything starts, by name.</summary>
public sealed class EventLogBuilderTests
{
    [Theory]
    [InlineData("Shop")]
    [InlineData("")]
    [InlineData("shop\"; drop schema public; --")]
    public void Refuses_a_name_that_is_none_of_a_schema(string name) =>
        Should
            .Throw<ArgumentException>(() => Add(log => log.Module<Db>(name, "Host=nowhere")))
            .Message.ShouldStartWith($"'{name}' cannot name a module");

    [Theory]
    [InlineData("Shop")]
    [InlineData("shop\"; drop schema public; --")]
    public async Task Makes_no_schema_of_a_name_that_is_none(string name) =>
        (
            await Should.ThrowAsync<ArgumentException>(() =>
                EventLogSchema.MigrateAsync("Host=nowhere", name, [], TestContext.Current.CancellationToken)
            )
        ).Message.ShouldStartWith($"'{name}' cannot name a schema");

    [Fact]
    public void Refuses_a_second_module_of_a_name() =>
        Should.Throw<ArgumentException>(() =>
            Add(log =>
            {
                log.Module<Db>("shop", "Host=nowhere");
                log.Module<Db>("shop", "Host=nowhere");
            })
        );

    [Fact]
    public void Refuses_a_reaction_to_what_nobody_publishes() =>
        Should
            .Throw<StartupException>(() => Add(log => log.Module<Db>("billing", "Host=nowhere").Reacts<BillOnSold>()))
            .Message.ShouldBe(
                "billing reacts to SoldV1, which no module publishes; add .Publishes<SoldV1>() to the one that does."
            );

    [Fact]
    public void Refuses_an_event_of_two_modules() =>
        Should
            .Throw<StartupException>(() =>
                Add(log =>
                {
                    log.Module<Db>("shop", "Host=nowhere").Publishes<SoldV1>();
                    log.Module<Db>("bazaar", "Host=nowhere").Publishes<SoldV1>();
                })
            )
            .Message.ShouldBe("SoldV1 is published by shop and by bazaar; keep one.");

    [Fact]
    public void Refuses_two_events_of_one_wire_name() =>
        Should
            .Throw<StartupException>(() =>
                Add(log => log.Module<Db>("shop", "Host=nowhere").Publishes<SoldV1>().Publishes<AlsoSoldV1>())
            )
            .Message.ShouldContain("are both thing.sold");

    [Fact]
    public void Refuses_what_is_no_reaction() =>
        Should
            .Throw<StartupException>(() => Add(log => log.Module<Db>("shop", "Host=nowhere").Reacts<Db>()))
            .Message.ShouldStartWith("Db implements neither IReaction, IBatchReaction nor IOutboundReaction.");

    private static void Add(Action<EventLogBuilder> configure) =>
        new ServiceCollection().AddEventLog(new ConfigurationBuilder().Build(), configure);

    [IntegrationEvent("thing.sold", version: 1)]
    private sealed record SoldV1(string Key) : IIntegrationEvent;

    [IntegrationEvent("thing.sold", version: 1)]
    private sealed record AlsoSoldV1(string Key) : IIntegrationEvent;

    private sealed class Db(DbContextOptions<Db> options) : ModuleDbContext(options, "shop");

    private sealed class BillOnSold : IReaction<SoldV1>
    {
        public Task Handle(SoldV1 sold, EventContext context, CancellationToken cancellationToken) =>
            Task.CompletedTask;
    }
}
