using BuildingBlocks.Application;
using BuildingBlocks.Modules;
using BuildingBlocks.Tests.Database;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace BuildingBlocks.Tests.Probe;

/// <summary>The smallest module that has one of everything; the tests of the building blocks drive it.</summary>
public sealed class ProbeModule : Module
{
    public override string Name => "probe";

    protected override void Configure(ModuleBuilder module) =>
        module
            .Database<ProbeDbContext>()
            .Refuses("notes_title_key", NoteErrors.TitleTaken)
            .With(services =>
                services
                    .AddSingleton<ProbeBehavior>()
                    .AddSingleton<ProbeWorld>()
                    .AddTransient(typeof(IPipelineBehavior<,>), typeof(NoteWhoseCodeRuns<,>))
                    .AddHostedService<ProbeLoop>()
            );
}

internal static class NoteErrors
{
    public static Error TitleTaken { get; } =
        Error.Conflict("probe.title-taken", "There is a note of this title. Choose another.");
}
