using BuildingBlocks.Application;
using BuildingBlocks.EventLog.Publishing;
using Content.Domain;
using Microsoft.EntityFrameworkCore;

namespace Content.Persistence;

internal sealed class ContentDbContext(DbContextOptions<ContentDbContext> options) : ModuleDbContext(options, "content")
{
    public DbSet<Post> Posts => Set<Post>();

    public DbSet<Category> Categories => Set<Category>();

    public DbSet<Author> Authors => Set<Author>();

    /// <summary>A post with its categories, for somebody who may change it.</summary>
    public async Task<Result<Post>> PostToChange(Guid postId, Caller caller, CancellationToken cancellationToken)
    {
        if (
            await Posts
                .Include(post => post.Categories)
                .SingleOrDefaultAsync(post => post.Id == postId, cancellationToken)
            is not { } post
        )
        {
            return PostErrors.Unknown;
        }

        if (caller.IsModerator || caller.MayActFor(post.AuthorId))
        {
            return post;
        }

        // That a public post exists is no secret.
        return post.Status == PostStatus.Published ? PostErrors.NotYours : PostErrors.Unknown;
    }

    /// <summary>The categories of these slugs; refuses the first that is unknown.</summary>
    public async Task<Result<IReadOnlyList<Category>>> CategoriesOf(
        IReadOnlyList<string> slugs,
        CancellationToken cancellationToken
    )
    {
        var known = await Categories.Where(category => slugs.Contains(category.Slug)).ToListAsync(cancellationToken);
        for (var i = 0; i < slugs.Count; i++)
        {
            if (!known.Exists(category => string.Equals(category.Slug, slugs[i], StringComparison.Ordinal)))
            {
                return PostErrors.UnknownCategory(slugs[i], i);
            }
        }

        return known;
    }

    /// <summary>Our copy of an account, made with the first event about it, whichever comes first.</summary>
    public async Task<Author> CopyOfAuthor(Guid userId, CancellationToken cancellationToken)
    {
        if (await Authors.FindAsync([userId], cancellationToken) is not { } author)
        {
            Add(author = new Author(userId));
        }

        return author;
    }
}
