using System.Globalization;
using BuildingBlocks.Application;

namespace Content.Domain;

internal static class PostErrors
{
    public static Error Unknown { get; } =
        Error.NotFound(
            "content.unknown-post",
            "There is no post with this id that you may read; GET /content/posts lists the public ones."
        );

    public static Error IdTaken { get; } =
        Error.Conflict("content.id-taken", "There is a post with this id already. Choose another id.");

    public static Error NotYours { get; } =
        Error.Forbidden("content.not-your-post", "Only its author, a moderator or an admin may change this post.");

    public static Error TakenDown { get; } =
        Error.Forbidden(
            "content.taken-down",
            "A moderator took this post down, so only a moderator or an admin can publish it again. You can still "
                + "edit it."
        );

    public static Error NeverPublished { get; } =
        Error.Conflict(
            "content.never-published",
            "This post is a draft that was never published, so it cannot be unpublished."
        );

    /// <param name="revision">The one the post has now.</param>
    public static Error EditedMeanwhile(int revision) =>
        Error.Conflict(
            "content.edited-meanwhile",
            string.Create(
                CultureInfo.InvariantCulture,
                $"The post has changed since you read it and is at revision {revision} now. Read it again, take over "
                    + $"the change, and send revision {revision}."
            )
        );

    /// <param name="slug">What was asked for.</param>
    /// <param name="index">Its place in the request.</param>
    public static Error UnknownCategory(string slug, int index) =>
        Error
            .Unprocessable(
                "content.unknown-category",
                $"There is no category '{slug}'; GET /content/categories lists them."
            )
            .At(string.Create(CultureInfo.InvariantCulture, $"categories[{index}]"));
}
