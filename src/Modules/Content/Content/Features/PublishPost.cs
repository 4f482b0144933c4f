using BuildingBlocks.Application;
using BuildingBlocks.Web;
using Content.Domain;
using Content.Persistence;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Content.Features;

/// <summary>
/// Lets anybody read a post, at the word of its author or a moderator. One that is public already stays so and tells
/// nobody.
/// </summary>
/// <param name="PostId" example="0198a000-0000-7000-8000-000000000001">As writing the post answered it.</param>
internal sealed record PublishPost(Guid PostId) : ICommand;

internal sealed class PublishPostHandler(ContentDbContext db, Caller caller, TimeProvider clock)
    : ICommandHandler<PublishPost>
{
    public async Task<Result> Handle(PublishPost command, CancellationToken cancellationToken)
    {
        if ((await db.PostToChange(command.PostId, caller, cancellationToken)).Failed(out var refusal, out var post))
        {
            return refusal;
        }

        var wasPublic = post.Status == PostStatus.Published;
        if (post.Publish(caller.IsModerator, clock.GetUtcNow()).Failed(out refusal))
        {
            return refusal;
        }

        if (!wasPublic)
        {
            db.Publish(post.ToPublishedV1());
        }

        await db.SaveChangesAsync(cancellationToken);
        return Result.Done;
    }
}

internal sealed class PublishPostEndpoint : IEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost("/content/posts/{id:guid}/publish", (Guid id, Sender sender, CancellationToken ct) =>
                sender.NoContent(new PublishPost(id), ct)
            )
            .RequireAuthorization(Policies.Customer)
            .Refuses(PostErrors.Unknown, PostErrors.NotYours, PostErrors.TakenDown);
}
