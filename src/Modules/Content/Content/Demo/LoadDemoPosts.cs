using BuildingBlocks.Application;
using BuildingBlocks.Modules;
using Content.Domain;
using Content.Features;
using Content.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Content.Demo;

/// <summary>Two categories, and three posts by the demo admin, of which one is still a draft.</summary>
internal sealed class LoadDemoPosts(ContentDbContext db, Sender sender) : IDemoData
{
    private static readonly AddCategory[] Categories = [new("news", "News"), new("how-to", "How to")];

    private static readonly (WritePost Post, bool Published)[] Posts =
    [
        (
            Post(
                1,
                "The shop is open",
                "Seventy-seven products are on sale. GET /catalog/products lists them.",
                "news"
            ),
            true
        ),
        (
            Post(
                2,
                "How an order is paid",
                "Send tok_ok as paymentToken to pay, tok_declined to see an order cancelled and its stock released.",
                "how-to",
                "news"
            ),
            true
        ),
        (Post(3, "What comes next", "Not written yet: only its author and moderators see this draft.", "news"), false),
    ];

    public async Task Load(CancellationToken cancellationToken)
    {
        var categories = await db
            .Categories.Select(category => category.Slug)
            .ToHashSetAsync(StringComparer.Ordinal, cancellationToken);
        foreach (var category in Categories.Where(category => !categories.Contains(category.Slug)))
        {
            await sender.SendOrThrow(category, cancellationToken);
        }

        var ids = Posts.Select(post => post.Post.PostId).ToArray();
        var known = await db
            .Posts.Where(post => ids.Contains(post.Id))
            .ToDictionaryAsync(post => post.Id, post => post.Status, cancellationToken);
        foreach (var (post, published) in Posts)
        {
            if (!known.TryGetValue(post.PostId, out var status))
            {
                await sender.SendOrThrow(post, cancellationToken);
            }

            if (published && status == PostStatus.Draft)
            {
                await sender.SendOrThrow(new PublishPost(post.PostId), cancellationToken);
            }
        }
    }

    private static WritePost Post(short number, string title, string body, params string[] categories) =>
        new(
            new Guid(0x0198a000, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0xb1, (byte)number),
            DemoOptions.AdminId,
            title,
            body,
            categories
        );
}
