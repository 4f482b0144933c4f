using BuildingBlocks.Application;
using Content.Contracts;

namespace Content.Domain;

/// <summary>
/// A text that its author publishes. Title and body are plain text: stored and given back as they were typed, whatever
/// they look like to a browser. A post is never deleted.
/// </summary>
internal sealed class Post
{
    public const int MaxTitleLength = 200;

    /// <summary>About forty pages.</summary>
    public const int MaxBodyLength = 100_000;

    public const int MaxCategories = 10;

    private readonly List<Category> categories = [];

    private Post() { }

    public Guid Id { get; private set; }

    /// <summary>The account that wrote it, of Users.</summary>
    public Guid AuthorId { get; private set; }

    public string Title { get; private set; } = "";

    public string Body { get; private set; } = "";

    public PostStatus Status { get; private set; }

    /// <summary>
    /// A moderator unpublished what somebody else had published; only a moderator can publish it again.
    /// </summary>
    public bool TakenDown { get; private set; }

    public DateTimeOffset WrittenAt { get; private set; }

    public DateTimeOffset EditedAt { get; private set; }

    /// <summary>When it last became public, UTC; null for a draft.</summary>
    public DateTimeOffset? PublishedAt { get; private set; }

    /// <summary>
    /// 1 for a new post; grows with each change of text or categories, so that an editor notices another's.
    /// </summary>
    public int Revision { get; private set; }

    public IReadOnlyList<Category> Categories => categories;

    /// <summary>A new draft.</summary>
    public static Post Write(
        Guid id,
        Guid authorId,
        string title,
        string body,
        IEnumerable<Category> categories,
        DateTimeOffset now
    )
    {
        Post post = new()
        {
            Id = id,
            AuthorId = authorId,
            Status = PostStatus.Draft,
            WrittenAt = now,
        };
        post.Set(title, body, categories, now);
        return post;
    }

    /// <summary>
    /// Changes text and categories, unless somebody else did since the editor read them. What is as it was changes
    /// nothing.
    /// </summary>
    /// <param name="revision">The one the editor read.</param>
    public Result Edit(
        int revision,
        string title,
        string body,
        IReadOnlyCollection<Category> categories,
        DateTimeOffset now
    )
    {
        if (revision != Revision)
        {
            return PostErrors.EditedMeanwhile(Revision);
        }

        if (!IsAlready(title, body, categories))
        {
            Set(title, body, categories, now);
        }

        return Result.Done;
    }

    /// <summary>Lets anybody read it; it may be so already.</summary>
    /// <param name="asModerator">Whether a moderator asks, who may overrule a moderator.</param>
    public Result Publish(bool asModerator, DateTimeOffset now)
    {
        if (TakenDown && !asModerator)
        {
            return PostErrors.TakenDown;
        }

        if (Status != PostStatus.Published)
        {
            (Status, PublishedAt, TakenDown) = (PostStatus.Published, now, false);
        }

        return Result.Done;
    }

    /// <summary>Takes it back from the public; it may be so already.</summary>
    /// <param name="byAuthor">False when a moderator does it to another's post, for good as far as the author is
    /// concerned.</param>
    public Result Unpublish(bool byAuthor)
    {
        switch (Status)
        {
            case PostStatus.Draft:
                return PostErrors.NeverPublished;
            case PostStatus.Published:
                (Status, TakenDown) = (PostStatus.Unpublished, !byAuthor);
                break;
            default:
                // Too late for the author to have been first, so that a moderator's word counts however the two met.
                TakenDown |= !byAuthor;
                break;
        }

        return Result.Done;
    }

    public PostPublishedV1 ToPublishedV1() =>
        new(
            Id,
            AuthorId,
            Title,
            [.. categories.Select(category => category.Slug).Order(StringComparer.Ordinal)],
            PublishedAt!.Value,
            Revision
        );

    public PostUnpublishedV1 ToUnpublishedV1() => new(Id, AuthorId, TakenDown);

    private bool IsAlready(string title, string body, IEnumerable<Category> wanted) =>
        string.Equals(Title, title.Trim(), StringComparison.Ordinal)
        && string.Equals(Body, body, StringComparison.Ordinal)
        && categories
            .Select(category => category.Slug)
            .ToHashSet(StringComparer.Ordinal)
            .SetEquals(wanted.Select(category => category.Slug));

    private void Set(string title, string body, IEnumerable<Category> wanted, DateTimeOffset now)
    {
        var slugs = wanted.ToDictionary(category => category.Slug, StringComparer.Ordinal);
        categories.RemoveAll(category => !slugs.Remove(category.Slug));
        categories.AddRange(slugs.Values);
        (Title, Body, EditedAt, Revision) = (title.Trim(), body, now, Revision + 1);
    }
}

/// <summary>Who can read a post.</summary>
internal enum PostStatus
{
    /// <summary>Its author and moderators; it has never been public.</summary>
    Draft,

    /// <summary>Anybody.</summary>
    Published,

    /// <summary>Its author and moderators; it was public once.</summary>
    Unpublished,
}
