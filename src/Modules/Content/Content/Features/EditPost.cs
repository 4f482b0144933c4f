using BuildingBlocks.Application;
using BuildingBlocks.Web;
using Content.Domain;
using Content.Persistence;
using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Content.Features;

/// <summary>
/// Changes the text and categories of a post, for its author and moderators. A public post changes in public at once.
/// Of two edits of one revision the first is taken and the second refused, so that nobody overwrites what they have not
/// seen.
/// </summary>
/// <param name="PostId" example="0198a000-0000-7000-8000-000000000001">As writing the post answered it.</param>
/// <param name="Revision">The post's, as it was read before the change.</param>
internal sealed record EditPost(Guid PostId, string Title, string Body, IReadOnlyList<string> Categories, int? Revision)
    : ICommand<EditedPost>;

/// <param name="Title" example="What we learned">Plain text on one line, up to 200 characters.</param>
/// <param name="Body" example="Second thoughts.">Plain text, up to 100,000 characters.</param>
/// <param name="Revision" example="1">The post's, as GET /content/posts/{id} gave it.</param>
/// <param name="Categories" example="[&quot;news&quot;]">Slugs of up to 10 categories that exist; none when left
/// out.</param>
internal sealed record PostText(string Title, string Body, int? Revision, IReadOnlyList<string>? Categories = null);

/// <param name="Revision">To be sent with the next edit.</param>
internal sealed record EditedPost(Guid PostId, int Revision);

internal sealed class EditPostValidator : AbstractValidator<EditPost>
{
    public EditPostValidator()
    {
        RuleFor(post => post.Title).ValidTitle();
        RuleFor(post => post.Body).ValidBody();
        RuleFor(post => post.Categories).ValidCategories();
        RuleFor(post => post.Revision).NotNull().GreaterThan(0);
    }
}

internal sealed class EditPostHandler(ContentDbContext db, Caller caller, TimeProvider clock)
    : ICommandHandler<EditPost, EditedPost>
{
    public async Task<Result<EditedPost>> Handle(EditPost command, CancellationToken cancellationToken)
    {
        if (
            (await db.PostToChange(command.PostId, caller, cancellationToken)).Failed(out var refusal, out var post)
            || (await db.CategoriesOf(command.Categories, cancellationToken)).Failed(out refusal, out var categories)
            || post.Edit(command.Revision!.Value, command.Title, command.Body, categories, clock.GetUtcNow())
                .Failed(out refusal)
        )
        {
            return refusal;
        }

        if (post.Status == PostStatus.Published && post.Revision != command.Revision)
        {
            db.Publish(post.ToPublishedV1());
        }

        await db.SaveChangesAsync(cancellationToken);
        return new EditedPost(post.Id, post.Revision);
    }
}

internal sealed class EditPostEndpoint : IEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPut("/content/posts/{id:guid}", (Guid id, PostText body, Sender sender, CancellationToken ct) =>
                sender.Ok(new EditPost(id, body.Title, body.Body, body.Categories ?? [], body.Revision), ct)
            )
            .RequireAuthorization(Policies.Customer)
            .Refuses(
                PostErrors.Unknown,
                PostErrors.NotYours,
                PostErrors.UnknownCategory("news", 0),
                PostErrors.EditedMeanwhile(2)
            );
}
