using BuildingBlocks.Application;
using BuildingBlocks.Web;
using Content.Domain;
using Content.Persistence;
using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Content.Features;

/// <summary>Lists public posts to anybody, the latest first, page by page.</summary>
/// <param name="Category">A category's slug; null for all.</param>
/// <param name="After">The <c>next</c> of the page before; null for the first page.</param>
/// <param name="Limit">1 to 200, 50 when not given.</param>
internal sealed record ListPosts(string? Category, string? After, int? Limit) : IQuery<PostPage>
{
    public const int DefaultLimit = 50;

    public const int MaxLimit = 200;
}

/// <param name="Next">What to send as <c>after</c> for the next page; null on the last.</param>
internal sealed record PostPage(IReadOnlyList<PostSummary> Items, string? Next);

/// <param name="AuthorName">What the author wants to be called now; null for the moment until the news of the account
/// has arrived.</param>
/// <param name="Categories">Slugs.</param>
/// <param name="PublishedAt">UTC.</param>
internal sealed record PostSummary(
    Guid PostId,
    Guid AuthorId,
    string? AuthorName,
    string Title,
    IReadOnlyList<string> Categories,
    DateTimeOffset PublishedAt
);

internal sealed class ListPostsValidator : AbstractValidator<ListPosts>
{
    public ListPostsValidator()
    {
        RuleFor(list => list.Category)
            .Must(Category.IsSlug)
            .WithMessage(Category.SlugRule)
            .When(list => list.Category is not null);
        RuleFor(list => list.After)
            .Must(after => KeysetCursor.Read(after!) is not null)
            .WithMessage("Send the 'next' of the page before, as it was.")
            .When(list => list.After is not null);
        RuleFor(list => list.Limit).InclusiveBetween(1, ListPosts.MaxLimit);
    }
}

internal sealed class ListPostsHandler(ContentDbContext db) : IQueryHandler<ListPosts, PostPage>
{
    public async Task<Result<PostPage>> Handle(ListPosts query, CancellationToken cancellationToken)
    {
        var limit = query.Limit ?? ListPosts.DefaultLimit;
        var posts = db.Posts.Where(post => post.Status == PostStatus.Published);
        if (query.Category is { } slug)
        {
            posts = posts.Where(post => post.Categories.Any(category => category.Slug == slug));
        }

        if (query.After is { } text && KeysetCursor.Read(text) is { } after)
        {
            posts = posts.Where(post =>
                EF.Functions.LessThan(
                    ValueTuple.Create(post.PublishedAt!.Value, post.Id),
                    ValueTuple.Create(after.At, after.Id)
                )
            );
        }

        var found = await posts
            .OrderByDescending(post => post.PublishedAt)
            .ThenByDescending(post => post.Id)
            .Take(limit + 1)
            .Select(post => new PostSummary(
                post.Id,
                post.AuthorId,
                db.Authors.Where(author => author.Id == post.AuthorId).Select(author => author.Name).SingleOrDefault(),
                post.Title,
                post.Categories.Select(category => category.Slug).Order().ToList(),
                post.PublishedAt!.Value
            ))
            .ToListAsync(cancellationToken);
        return found.Count > limit
            ? new PostPage(
                found[..limit],
                new KeysetCursor(found[limit - 1].PublishedAt, found[limit - 1].PostId).ToText()
            )
            : new PostPage(found, Next: null);
    }
}

internal sealed class ListPostsEndpoint : IEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/content/posts",
                (string? category, string? after, int? limit, Sender sender, CancellationToken ct) =>
                    sender.Ok(new ListPosts(category, after, limit), ct)
            )
            .AllowAnonymous();
}
