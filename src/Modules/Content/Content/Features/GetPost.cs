using BuildingBlocks.Application;
using BuildingBlocks.Web;
using Content.Domain;
using Content.Persistence;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Content.Features;

/// <summary>Shows a public post to anybody, and any post to its author and to moderators.</summary>
/// <param name="PostId" example="0198a000-0000-7000-8000-000000000001">As writing the post answered it.</param>
internal sealed record GetPost(Guid PostId) : IQuery<PostDetails>;

/// <param name="AuthorName">What the author wants to be called now; null for the moment until the news of the account
/// has arrived.</param>
/// <param name="Body">Plain text, exactly as it was written.</param>
/// <param name="Categories">Slugs.</param>
/// <param name="TakenDown">True when a moderator unpublished it; its author cannot publish it again.</param>
/// <param name="PublishedAt">When it last became public, UTC; null for a draft.</param>
/// <param name="Revision">To be sent with an edit.</param>
internal sealed record PostDetails(
    Guid PostId,
    Guid AuthorId,
    string? AuthorName,
    string Title,
    string Body,
    IReadOnlyList<string> Categories,
    PostStatus Status,
    bool TakenDown,
    DateTimeOffset WrittenAt,
    DateTimeOffset EditedAt,
    DateTimeOffset? PublishedAt,
    int Revision
);

internal sealed class GetPostHandler(ContentDbContext db, Caller caller) : IQueryHandler<GetPost, PostDetails>
{
    public async Task<Result<PostDetails>> Handle(GetPost query, CancellationToken cancellationToken)
    {
        var found = await db
            .Posts.Where(post => post.Id == query.PostId)
            .Select(post => new PostDetails(
                post.Id,
                post.AuthorId,
                db.Authors.Where(author => author.Id == post.AuthorId).Select(author => author.Name).SingleOrDefault(),
                post.Title,
                post.Body,
                post.Categories.Select(category => category.Slug).Order().ToList(),
                post.Status,
                post.TakenDown,
                post.WrittenAt,
                post.EditedAt,
                post.PublishedAt,
                post.Revision
            ))
            .SingleOrDefaultAsync(cancellationToken);
        return
            found is { Status: PostStatus.Published }
            || (found is not null && (caller.IsModerator || caller.MayActFor(found.AuthorId)))
            ? found
            : PostErrors.Unknown;
    }
}

internal sealed class GetPostEndpoint : IEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet("/content/posts/{id:guid}", (Guid id, Sender sender, CancellationToken ct) =>
                sender.Ok(new GetPost(id), ct)
            )
            .AllowAnonymous()
            .Refuses(PostErrors.Unknown);
}
