using Content.Domain;
using FluentValidation;

namespace Content.Features;

/// <summary>What several requests demand of the same fields.</summary>
internal static class PostRules
{
    public static void ValidTitle<T>(this IRuleBuilder<T, string> title) =>
        title
            .NotEmpty()
            .MaximumLength(Post.MaxTitleLength)
            .Must(text => !text.Any(char.IsControl))
            .WithMessage("A title is one line without control characters.");

    public static void ValidBody<T>(this IRuleBuilder<T, string> body) =>
        body.NotEmpty().MaximumLength(Post.MaxBodyLength);

    public static void ValidCategories<T>(this IRuleBuilder<T, IReadOnlyList<string>> categories) =>
        categories
            .NotNull()
            .Must(slugs => slugs.Count <= Post.MaxCategories)
            .WithMessage($"A post stands in at most {Post.MaxCategories} categories.")
            .Must(slugs => slugs.All(Category.IsSlug))
            .WithMessage(Category.SlugRule)
            .Must(slugs => slugs.Distinct(StringComparer.Ordinal).Count() == slugs.Count)
            .WithMessage("A category is given more than once.");
}
