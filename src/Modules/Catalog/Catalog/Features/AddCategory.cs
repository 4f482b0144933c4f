using BuildingBlocks.Application;
using BuildingBlocks.Web;
using Catalog.Domain;
using Catalog.Persistence;
using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Catalog.Features;

/// <summary>Makes a category, or describes one that so far only products have named.</summary>
/// <param name="Name" example="Teas">Up to 100 characters; unique regardless of case.</param>
/// <param name="Description" example="Black and green">Up to 1000 characters; may be left out.</param>
internal sealed record AddCategory(string Name, string? Description = null) : ICommand<AddedCategory>;

internal sealed record AddedCategory(string Name);

internal sealed class AddCategoryValidator : AbstractValidator<AddCategory>
{
    public AddCategoryValidator()
    {
        RuleFor(category => category.Name).NotEmpty().MaximumLength(Category.MaxNameLength);
        RuleFor(category => category.Description).MaximumLength(Category.MaxDescriptionLength);
    }
}

internal sealed class AddCategoryHandler(CatalogDbContext db) : ICommandHandler<AddCategory, AddedCategory>
{
    public async Task<Result<AddedCategory>> Handle(AddCategory command, CancellationToken cancellationToken)
    {
        var name = command.Name.Trim();
        var category = await db
            .Categories.FromSql($"select *, xmin from categories where lower(name) = lower({name})")
            .SingleOrDefaultAsync(cancellationToken);
        if (category is null)
        {
            db.Add(category = Category.Add(name, command.Description));
        }
        else if (!category.Describe(command.Description))
        {
            return CategoryErrors.NameTaken;
        }

        await db.SaveChangesAsync(cancellationToken);
        return new AddedCategory(category.Name);
    }
}

internal sealed class AddCategoryEndpoint : IEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost("/catalog/categories", (AddCategory command, Sender sender, CancellationToken ct) =>
                sender.Created(command, _ => "/catalog/categories", ct)
            )
            .RequireAuthorization(Policies.Admin)
            .Refuses(CategoryErrors.NameTaken);
}
