using BuildingBlocks.Application;
using BuildingBlocks.EventLog.Sagas;
using BuildingBlocks.Tests.Database;
using BuildingBlocks.Web;
using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace BuildingBlocks.Tests.Probe;

/// <summary>Keeps a note and tells about it.</summary>
internal sealed record TakeNote(string Title, int Times, IReadOnlyList<TakeNoteLine>? Lines = null)
    : ICommand<TakenNote>;

internal sealed record TakeNoteLine(string Text);

internal sealed record TakenNote(Guid NoteId);

internal sealed class TakeNoteValidator : AbstractValidator<TakeNote>
{
    public TakeNoteValidator()
    {
        RuleFor(note => note.Title).NotEmpty().MaximumLength(50);
        RuleFor(note => note.Times).InclusiveBetween(1, 10).WithErrorCode("probe.times-out-of-range");
        RuleForEach(note => note.Lines).ChildRules(line => line.RuleFor(l => l.Text).NotEmpty());
    }
}

internal sealed class TakeNoteHandler(ProbeDbContext db) : ICommandHandler<TakeNote, TakenNote>
{
    public async Task<Result<TakenNote>> Handle(TakeNote command, CancellationToken cancellationToken)
    {
        Note note = new()
        {
            Id = Guid.CreateVersion7(),
            Title = command.Title,
            Times = command.Times,
        };
        db.Add(note);
        db.Publish(new NoteTakenV1(note.Id.ToString(), command.Title));
        await db.SaveChangesAsync(cancellationToken);
        return new TakenNote(note.Id);
    }
}

internal sealed class TakeNoteEndpoint : IEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost("/notes", (TakeNote command, Sender sender, CancellationToken ct) =>
                sender.Created(command, taken => $"/notes/{taken.NoteId}", ct)
            )
            .RequireAuthorization(Policies.Customer);
}

/// <summary>Calls a trip off.</summary>
internal sealed record CancelTrip(Guid TripId, string Reason) : ICommand;

internal sealed class CancelTripValidator : AbstractValidator<CancelTrip>
{
    public CancelTripValidator() => RuleFor(cancel => cancel.Reason).NotEmpty();
}

internal sealed class CancelTripHandler(ProbeDbContext db, SagaCancellation sagas) : ICommandHandler<CancelTrip>
{
    public async Task<Result> Handle(CancelTrip command, CancellationToken cancellationToken)
    {
        if (!await sagas.Cancel<TripSaga>(db, command.TripId, command.Reason, cancellationToken))
        {
            return Error.Conflict("probe.trip-over", "There is nothing left to cancel.");
        }

        await db.SaveChangesAsync(cancellationToken);
        return Result.Done;
    }
}
