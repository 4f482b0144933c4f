using BuildingBlocks.Contracts;

namespace Content.Contracts;

/// <summary>A post cannot be read by the public any more. It may be published again.</summary>
/// <param name="PostId">Made by Content; also the key.</param>
/// <param name="AuthorId">The account that wrote it, of Users.</param>
/// <param name="TakenDown">True when a moderator did it and not the author, who then cannot publish it again.</param>
[IntegrationEvent("post.unpublished", version: 1)]
public sealed record PostUnpublishedV1(Guid PostId, Guid AuthorId, bool TakenDown) : IIntegrationEvent
{
    /// <inheritdoc />
    public string Key => PostId.ToString();
}
