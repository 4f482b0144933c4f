using BuildingBlocks.Modules;
using Content.Domain;
using Content.Persistence;

namespace Content;

/// <summary>Owns posts, from draft to published and back, and the categories they stand in; see README.md.</summary>
public sealed class ContentModule : Module
{
    /// <inheritdoc />
    public override string Name => "content";

    /// <inheritdoc />
    protected override void Configure(ModuleBuilder module) =>
        module
            .Database<ContentDbContext>()
            .References("posts.author_id", "users.account")
            .References("authors.id", "users.account")
            .Refuses("posts_pkey", PostErrors.IdTaken)
            .Refuses("categories_pkey", CategoryErrors.SlugTaken)
            .Refuses("categories_name_key", CategoryErrors.NameTaken);
}
