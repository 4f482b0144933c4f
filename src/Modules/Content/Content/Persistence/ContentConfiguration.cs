using System.Text.Json;
using Content.Domain;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Content.Persistence;

/// <summary>Maps Post to posts and post_categories.</summary>
internal sealed class PostConfiguration : IEntityTypeConfiguration<Post>
{
    /// <summary>Statuses lie in the database as they are spelled over HTTP.</summary>
    private static readonly ValueConverter<PostStatus, string> StatusAsText = new(
        status => JsonNamingPolicy.CamelCase.ConvertName(status.ToString()),
        text => Enum.Parse<PostStatus>(text, true)
    );

    public void Configure(EntityTypeBuilder<Post> builder)
    {
        builder.ToTable("posts");
        builder.Property(post => post.Id).ValueGeneratedNever();
        builder.Property(post => post.Status).HasConversion(StatusAsText);
        builder
            .HasMany(post => post.Categories)
            .WithMany()
            .UsingEntity(
                "PostCategory",
                category => category.HasOne(typeof(Category)).WithMany().HasForeignKey("CategorySlug"),
                post => post.HasOne(typeof(Post)).WithMany().HasForeignKey("PostId"),
                both =>
                {
                    both.ToTable("post_categories");
                    both.HasKey("PostId", "CategorySlug");
                }
            );
        builder.Navigation(post => post.Categories).UsePropertyAccessMode(PropertyAccessMode.Field);
    }
}

internal sealed class CategoryConfiguration : IEntityTypeConfiguration<Category>
{
    public void Configure(EntityTypeBuilder<Category> builder)
    {
        builder.ToTable("categories");
        builder.HasKey(category => category.Slug);
    }
}

internal sealed class AuthorConfiguration : IEntityTypeConfiguration<Author>
{
    public void Configure(EntityTypeBuilder<Author> builder)
    {
        builder.ToTable("authors");
        builder.Property(author => author.Id).ValueGeneratedNever();
    }
}
