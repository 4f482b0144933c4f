using BuildingBlocks.Application;
using BuildingBlocks.Web;
using Content.Domain;
using Content.Persistence;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Content.Features;

/// <summary>
/// Takes a post back from the public, at the word of its author or a moderator. What a moderator takes down its author
/// cannot publish again.
/// </summary>
/// <param name="PostId" example="0198a000-0000-7000-8000-000000000001">As writing the post answered it.</param>
internal sealed record UnpublishPost(Guid PostId) : ICommand;

internal sealed class UnpublishPostHandler(ContentDbContext db, Caller caller) : ICommandHandler<UnpublishPost>
{
    public async Task<Result> Handle(UnpublishPost command, CancellationToken cancellationToken)
    {
        if ((await db.PostToChange(command.PostId, caller, cancellationToken)).Failed(out var refusal, out var post))
        {
            return refusal;
        }

        var wasPublic = post.Status == PostStatus.Published;
        if (post.Unpublish(byAuthor: caller.UserId == post.AuthorId).Failed(out refusal))
        {
            return refusal;
        }

        if (wasPublic)
        {
            db.Publish(post.ToUnpublishedV1());
        }

        await db.SaveChangesAsync(cancellationToken);
        return Result.Done;
    }
}

internal sealed class UnpublishPostEndpoint : IEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost("/content/posts/{id:guid}/unpublish", (Guid id, Sender sender, CancellationToken ct) =>
                sender.NoContent(new UnpublishPost(id), ct)
            )
            .RequireAuthorization(Policies.Customer)
            .Refuses(PostErrors.Unknown, PostErrors.NotYours, PostErrors.NeverPublished);
}
