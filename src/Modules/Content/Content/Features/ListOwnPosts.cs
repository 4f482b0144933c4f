using BuildingBlocks.Application;
using BuildingBlocks.Web;
using Content.Domain;
using Content.Persistence;
using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Content.Features;

/// <summary>
/// Lists what the caller wrote, drafts and unpublished posts as well, the latest first, page by page.
/// </summary>
/// <param name="After">The <c>next</c> of the page before; null for the first page.</param>
/// <param name="Limit">1 to 200, 50 when not given.</param>
internal sealed record ListOwnPosts(Guid? After, int? Limit) : IQuery<OwnPostPage>;

/// <param name="Next">What to send as <c>after</c> for the next page; null on the last.</param>
internal sealed record OwnPostPage(IReadOnlyList<OwnPost> Items, Guid? Next);

/// <param name="PublishedAt">When it last became public, UTC; null for a draft.</param>
internal sealed record OwnPost(
    Guid PostId,
    string Title,
    PostStatus Status,
    DateTimeOffset EditedAt,
    DateTimeOffset? PublishedAt
);

internal sealed class ListOwnPostsValidator : AbstractValidator<ListOwnPosts>
{
    public ListOwnPostsValidator() => RuleFor(list => list.Limit).InclusiveBetween(1, ListPosts.MaxLimit);
}

internal sealed class ListOwnPostsHandler(ContentDbContext db, Caller caller) : IQueryHandler<ListOwnPosts, OwnPostPage>
{
    public async Task<Result<OwnPostPage>> Handle(ListOwnPosts query, CancellationToken cancellationToken)
    {
        var limit = query.Limit ?? ListPosts.DefaultLimit;
        var author = caller.UserId ?? Guid.Empty;
        var posts = db.Posts.Where(post => post.AuthorId == author);
        if (query.After is { } after)
        {
            posts = posts.Where(post => post.Id < after);
        }

        // Ids of version 7 grow with time.
        var found = await posts
            .OrderByDescending(post => post.Id)
            .Take(limit + 1)
            .Select(post => new OwnPost(post.Id, post.Title, post.Status, post.EditedAt, post.PublishedAt))
            .ToListAsync(cancellationToken);
        return found.Count > limit
            ? new OwnPostPage(found[..limit], found[limit - 1].PostId)
            : new OwnPostPage(found, Next: null);
    }
}

internal sealed class ListOwnPostsEndpoint : IEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet("/content/posts/mine", (Guid? after, int? limit, Sender sender, CancellationToken ct) =>
                sender.Ok(new ListOwnPosts(after, limit), ct)
            )
            .RequireAuthorization(Policies.Customer);
}
