using BuildingBlocks.Application;
using BuildingBlocks.Web;
using Content.Domain;
using Content.Persistence;
using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Content.Features;

/// <summary>Writes a draft, which only its author and moderators can read until it is published.</summary>
/// <param name="PostId">Unique for ever.</param>
/// <param name="AuthorId">The account that may change it; over HTTP whoever is signed in.</param>
/// <param name="Title">Plain text on one line, up to 200 characters.</param>
/// <param name="Body">Plain text, up to 100,000 characters; kept exactly as it is, and never run or shown as
/// markup.</param>
/// <param name="Categories">Slugs of up to 10 categories that exist; may be left out.</param>
internal sealed record WritePost(
    Guid PostId,
    Guid AuthorId,
    string Title,
    string Body,
    IReadOnlyList<string> Categories
) : ICommand<WrittenPost>;

/// <param name="Title" example="What we learned">Plain text on one line, up to 200 characters.</param>
/// <param name="Body" example="First thoughts.">Plain text, up to 100,000 characters; kept exactly as it is, and never
/// run or shown as markup.</param>
/// <param name="Categories" example="[&quot;news&quot;]">Slugs of up to 10 categories that exist; may be left
/// out.</param>
internal sealed record NewPost(string Title, string Body, IReadOnlyList<string>? Categories = null);

internal sealed record WrittenPost(Guid PostId);

internal sealed class WritePostValidator : AbstractValidator<WritePost>
{
    public WritePostValidator()
    {
        RuleFor(post => post.PostId).NotEmpty();
        RuleFor(post => post.AuthorId).NotEmpty();
        RuleFor(post => post.Title).ValidTitle();
        RuleFor(post => post.Body).ValidBody();
        RuleFor(post => post.Categories).ValidCategories();
    }
}

internal sealed class WritePostHandler(ContentDbContext db, TimeProvider clock)
    : ICommandHandler<WritePost, WrittenPost>
{
    public async Task<Result<WrittenPost>> Handle(WritePost command, CancellationToken cancellationToken)
    {
        if ((await db.CategoriesOf(command.Categories, cancellationToken)).Failed(out var refusal, out var categories))
        {
            return refusal;
        }

        db.Add(
            Post.Write(command.PostId, command.AuthorId, command.Title, command.Body, categories, clock.GetUtcNow())
        );
        await db.SaveChangesAsync(cancellationToken);
        return new WrittenPost(command.PostId);
    }
}

internal sealed class WritePostEndpoint : IEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost("/content/posts", (NewPost body, Caller caller, Sender sender, CancellationToken ct) =>
                sender.Created(
                    new WritePost(
                        Guid.CreateVersion7(),
                        caller.UserId ?? Guid.Empty,
                        body.Title,
                        body.Body,
                        body.Categories ?? []
                    ),
                    written => $"/content/posts/{written.PostId}",
                    ct
                )
            )
            .RequireAuthorization(Policies.Customer)
            .Refuses(PostErrors.UnknownCategory("news", 0), PostErrors.IdTaken);
}
