using BuildingBlocks.Application;
using BuildingBlocks.Web;
using Content.Domain;
using Content.Persistence;
using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Content.Features;

/// <summary>Makes a category that posts can stand in.</summary>
/// <param name="Slug" example="field-notes">Stands in addresses: lower-case words of a-z and 0-9 joined by hyphens, up
/// to 50 characters; unique.</param>
/// <param name="Name" example="Field notes">For people, up to 100 characters; unique regardless of case.</param>
internal sealed record AddCategory(string Slug, string Name) : ICommand<AddedCategory>;

internal sealed record AddedCategory(string Slug);

internal sealed class AddCategoryValidator : AbstractValidator<AddCategory>
{
    public AddCategoryValidator()
    {
        RuleFor(category => category.Slug).NotEmpty().Must(Category.IsSlug).WithMessage(Category.SlugRule);
        RuleFor(category => category.Name)
            .NotEmpty()
            .MaximumLength(Category.MaxNameLength)
            .Must(name => !name.Any(char.IsControl))
            .WithMessage("A name is one line without control characters.");
    }
}

internal sealed class AddCategoryHandler(ContentDbContext db) : ICommandHandler<AddCategory, AddedCategory>
{
    public async Task<Result<AddedCategory>> Handle(AddCategory command, CancellationToken cancellationToken)
    {
        var category = Category.Add(command.Slug, command.Name);
        db.Add(category);
        await db.SaveChangesAsync(cancellationToken);
        return new AddedCategory(category.Slug);
    }
}

internal sealed class AddCategoryEndpoint : IEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost("/content/categories", (AddCategory command, Sender sender, CancellationToken ct) =>
                sender.Created(command, added => $"/content/posts?category={added.Slug}", ct)
            )
            .RequireAuthorization(Policies.Moderator)
            .Refuses(CategoryErrors.SlugTaken, CategoryErrors.NameTaken);
}
