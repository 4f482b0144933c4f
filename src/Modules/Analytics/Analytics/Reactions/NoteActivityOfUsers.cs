using Analytics.Domain;
using Analytics.Persistence;
using BuildingBlocks.EventLog.Consuming;
using Users.Contracts;

namespace Analytics.Reactions;

internal sealed class NoteActivityOfUsers(AnalyticsDbContext db)
    : IBatchReaction<UserRegisteredV1>,
        IBatchReaction<UserProfileUpdatedV1>,
        IBatchReaction<UserRoleChangedV1>
{
    public Task Handle(IReadOnlyList<EventWithContext<UserRegisteredV1>> events, CancellationToken cancellationToken) =>
        Note(events.Select(one => Activity.Of(one.Context, one.Event.UserId)));

    public Task Handle(
        IReadOnlyList<EventWithContext<UserProfileUpdatedV1>> events,
        CancellationToken cancellationToken
    ) => Note(events.Select(one => Activity.Of(one.Context, one.Event.UserId)));

    public Task Handle(
        IReadOnlyList<EventWithContext<UserRoleChangedV1>> events,
        CancellationToken cancellationToken
    ) => Note(events.Select(one => Activity.Of(one.Context, one.Event.UserId)));

    private Task Note(IEnumerable<Activity> activities)
    {
        db.AddRange(activities);
        return Task.CompletedTask;
    }
}
