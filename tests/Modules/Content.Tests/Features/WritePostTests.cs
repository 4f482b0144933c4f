using BuildingBlocks.Testing;
using Content.Contracts;
using Content.Domain;
using Content.Features;

namespace Content.Tests.Features;

public sealed class WritePostTests(ContentFixture content) : IClassFixture<ContentFixture>
{
    private const string Script = "<script>alert('x')</script> & \"quoted\" <b>bold</b>\r\n\t— 𝄞 ﷽\n";

    private readonly Guid author = Guid.CreateVersion7();

    [Fact]
    public async Task Keeps_a_draft_to_its_author_and_moderators_and_tells_nobody()
    {
        var draft = await content.Draft(author, " A title ", "A body", "news", "how-to");

        var seen = (await content.Send(new GetPost(draft.PostId), As.User(author))).Succeeded();
        (seen.Title, seen.Body, seen.Status, seen.Revision, seen.PublishedAt).ShouldBe(
            ("A title", "A body", PostStatus.Draft, 1, null)
        );
        seen.Categories.ShouldBe(["how-to", "news"]);
        (await content.Send(new GetPost(draft.PostId), As.Moderator(Guid.CreateVersion7()))).Succeeded();
        (await content.Send(new GetPost(draft.PostId), As.User(Guid.CreateVersion7()))).RefusedWith(
            "content.unknown-post"
        );
        (await content.Send(new GetPost(draft.PostId), As.Nobody)).RefusedWith("content.unknown-post");
        (await content.Send(new GetPost(Guid.CreateVersion7()), As.User(author))).RefusedWith("content.unknown-post");
        (await content.Published<PostPublishedV1>()).ShouldNotContain(published => published.PostId == draft.PostId);
    }

    [Fact]
    public async Task Gives_text_back_exactly_as_it_came_whatever_a_browser_would_take_it_for()
    {
        var draft = await content.Draft(author, "<script>alert(1)</script>", Script);

        var seen = (await content.Send(new GetPost(draft.PostId), As.User(author))).Succeeded();
        (seen.Title, seen.Body).ShouldBe(("<script>alert(1)</script>", Script));
    }

    [Fact]
    public async Task Says_all_that_is_wrong_with_a_post_at_once()
    {
        WritePost post = new(Guid.CreateVersion7(), author, "t", "b", []);

        (
            await content.Send(
                post with
                {
                    Title = new string('x', 201),
                    Body = new string('x', 100_001),
                    Categories = ["No Slug"],
                }
            )
        )
            .BlamedFields()
            .ShouldBe(["body", "categories", "title"]);
        (await content.Send(post with { Title = null!, Body = null!, Categories = null! }))
            .BlamedFields()
            .ShouldBe(["body", "categories", "title"]);
        (await content.Send(post with { Title = "two\nlines", Body = " ", Categories = ["news", "news"] }))
            .BlamedFields()
            .ShouldBe(["body", "categories", "title"]);
        (await content.Send(post with { Categories = [.. Enumerable.Range(0, 11).Select(i => $"c{i}")] }))
            .BlamedFields()
            .ShouldBe(["categories"]);
        (await content.Send(post with { Categories = [null!] })).BlamedFields().ShouldBe(["categories"]);
    }

    [Fact]
    public async Task Takes_the_longest_text_that_is_allowed()
    {
        var draft = await content.Draft(author, new string('t', 200), new string('ö', 100_000));

        (await content.Send(new GetPost(draft.PostId), As.User(author))).Succeeded().Body.Length.ShouldBe(100_000);
    }

    [Fact]
    public async Task Refuses_a_category_that_does_not_exist_and_keeps_nothing()
    {
        WritePost post = new(Guid.CreateVersion7(), author, "t", "b", ["news", "no-such"]);

        (await content.Send(post, As.User(author)))
            .RefusedWith("content.unknown-category")
            .Fields.Keys.ShouldBe(["categories[1]"]);
        (await content.Send(new GetPost(post.PostId))).RefusedWith("content.unknown-post");

        var draft = await content.Draft(author);
        (await content.Send(draft with { Categories = ["no-such"] }, As.User(author))).RefusedWith(
            "content.unknown-category"
        );
    }

    [Fact]
    public async Task Refuses_an_id_that_is_taken()
    {
        var draft = await content.Draft(author);

        (await content.Send(new WritePost(draft.PostId, author, "t", "b", []), As.User(author))).RefusedWith(
            "content.id-taken"
        );
    }

    [Fact]
    public async Task Makes_a_category_once()
    {
        (await content.Send(new AddCategory("news", "Other"))).RefusedWith("content.category-slug-taken");
        (await content.Send(new AddCategory("other", "NEWS"))).RefusedWith("content.category-name-taken");
        (await content.Send(new AddCategory("No Slug", new string('x', 101))))
            .BlamedFields()
            .ShouldBe(["name", "slug"]);
        (await content.Send(new ListCategories(), As.Nobody))
            .Succeeded()
            .Items.Select(category => category.Slug)
            .ShouldBe(["how-to", "news"]);
    }
}
