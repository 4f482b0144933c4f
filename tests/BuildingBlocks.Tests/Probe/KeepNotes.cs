using BuildingBlocks.Application;
using BuildingBlocks.Contracts;
using BuildingBlocks.Tests.Database;
using FluentValidation;

namespace BuildingBlocks.Tests.Probe;

/// <summary>The Host has the module keep notes of old.</summary>
public sealed record KeepNotes(IReadOnlyList<string> Titles) : IModuleCommand<KeptNotes>;

public sealed record KeptNotes(int Count, bool BySystem);

internal sealed class KeepNotesValidator : AbstractValidator<KeepNotes>
{
    public KeepNotesValidator() => RuleForEach(command => command.Titles).NotEmpty();
}

internal sealed class KeepNotesHandler(ProbeDbContext db, Caller caller) : IModuleCommandHandler<KeepNotes, KeptNotes>
{
    public async Task<Result<KeptNotes>> Handle(KeepNotes command, CancellationToken cancellationToken)
    {
        foreach (var title in command.Titles)
        {
            db.Add(
                new Note
                {
                    Id = Guid.CreateVersion7(),
                    Title = title,
                    Times = 1,
                }
            );
            db.Publish(new NoteTakenV1(title, title));
        }

        await db.SaveChangesAsync(cancellationToken);
        return new KeptNotes(command.Titles.Count, caller is { IsAdmin: true, UserId: null });
    }
}
