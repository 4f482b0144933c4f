using BuildingBlocks.Contracts;
using BuildingBlocks.Testing;
using BuildingBlocks.Tests.Probe;

namespace BuildingBlocks.Tests.Application;

/// <summary>What the Host instructs a module meets what the module's own requests meet.</summary>
public sealed class ModuleCommandTests(ProbeFixture probe) : IClassFixture<ProbeFixture>
{
    [Fact]
    public async Task Is_carried_out_as_the_system_itself_and_publishes_in_the_same_transaction()
    {
        (await probe.Send(new KeepNotes(["kept", "kept too"]))).Succeeded().ShouldBe(new(2, BySystem: true));

        (await probe.Sql.Value<long>("select count(*) from notes where title in ('kept', 'kept too')")).ShouldBe(2);
        (await probe.Published<NoteTakenV1>()).ShouldContain(new NoteTakenV1("kept too", "kept too"));
    }

    [Fact]
    public async Task Is_validated_first()
    {
        (await probe.Send(new KeepNotes(["unseen", ""]))).BlamedFields().ShouldBe(["titles[1]"]);

        (await probe.Sql.Value<long>("select count(*) from notes where title = 'unseen'")).ShouldBe(0);
    }

    [Fact]
    public async Task A_violated_constraint_becomes_the_refusal_the_module_named_for_it()
    {
        (await probe.Send(new KeepNotes(["in the way"]))).Succeeded();

        (await probe.Send(new KeepNotes(["all or nothing", "in the way"]))).RefusedWith("probe.title-taken");

        (await probe.Sql.Value<long>("select count(*) from notes where title = 'all or nothing'")).ShouldBe(0);
    }

    [Fact]
    public async Task Says_when_no_module_carries_it_out() =>
        (await Should.ThrowAsync<InvalidOperationException>(() => probe.Send(new Unheard()))).Message.ShouldContain(
            nameof(Unheard)
        );

    private sealed record Unheard : IModuleCommand<KeptNotes>;
}
