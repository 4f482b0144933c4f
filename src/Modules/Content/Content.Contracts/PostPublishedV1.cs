using System.ComponentModel.DataAnnotations;
using BuildingBlocks.Contracts;

namespace Content.Contracts;

/// <summary>
/// A post can be read by anybody, as it stands in this event: it was published, published again, or changed while it
/// was public. Its text is plain text, never markup, whatever it looks like.
/// </summary>
/// <param name="PostId">Made by Content; also the key.</param>
/// <param name="AuthorId">The account that wrote it, of Users.</param>
/// <param name="Title">1 to 200 characters on one line.</param>
/// <param name="Categories">Slugs of its categories, of Content; may be empty.</param>
/// <param name="PublishedAt">When it became public, UTC; changing it does not change this.</param>
/// <param name="Revision">Grows with each change of the post.</param>
[IntegrationEvent("post.published", version: 1)]
public sealed record PostPublishedV1(
    Guid PostId,
    Guid AuthorId,
    [StringLength(200), RegularExpression(@"\P{Cc}+")] string Title,
    [MaxLength(10)] IReadOnlyList<string> Categories,
    DateTimeOffset PublishedAt,
    [Range(1, int.MaxValue)] int Revision
) : IIntegrationEvent
{
    /// <inheritdoc />
    public string Key => PostId.ToString();
}
