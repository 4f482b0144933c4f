using Analytics.Domain;
using Analytics.Persistence;
using BuildingBlocks.Messaging;
using Users.Contracts;

namespace Analytics.Reactions;

internal sealed class NoteActivityOfUsers(AnalyticsDbContext db)
    : IReaction<UserRegisteredV1>, IReaction<UserProfileUpdatedV1>, IReaction<UserRoleChangedV1>
{
    public Task Handle(UserRegisteredV1 registered, EventContext context, CancellationToken cancellationToken) => Note(context, registered.UserId);

    public Task Handle(UserProfileUpdatedV1 updated, EventContext context, CancellationToken cancellationToken) => Note(context, updated.UserId);

    public Task Handle(UserRoleChangedV1 changed, EventContext context, CancellationToken cancellationToken) => Note(context, changed.UserId);

    private Task Note(EventContext context, Guid userId)
    {
        db.Add(Activity.Of(context, userId));
        return Task.CompletedTask;
    }
}
