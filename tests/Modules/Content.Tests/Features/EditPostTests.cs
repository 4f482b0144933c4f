using BuildingBlocks.Testing;
using Content.Contracts;
using Content.Features;

namespace Content.Tests.Features;

public sealed class EditPostTests(ContentFixture content) : IClassFixture<ContentFixture>
{
    private readonly Guid author = Guid.CreateVersion7();

    [Fact]
    public async Task Changes_a_draft_and_tells_nobody()
    {
        var draft = await content.Draft(author, categories: ["news"]);

        await content.When(draft with { Title = "Better", Categories = ["how-to"] }, As.User(author)).ThenNothing();

        var seen = (await content.Send(new GetPost(draft.PostId), As.User(author))).Succeeded();
        (seen.Title, seen.Revision).ShouldBe(("Better", 2));
        seen.Categories.ShouldBe(["how-to"]);
    }

    [Fact]
    public async Task Announces_what_a_public_post_says_now()
    {
        var post = await content.Published(author, "Old", "news");

        await content
            .When(post with { Title = "New", Categories = ["news", "how-to"] }, As.User(author))
            .Then<PostPublishedV1>(published =>
            {
                (published.PostId, published.AuthorId, published.Title, published.Revision).ShouldBe(
                    (post.PostId, author, "New", 2)
                );
                published.Categories.ShouldBe(["how-to", "news"]);
            });
    }

    [Fact]
    public async Task Changes_nothing_and_tells_nobody_when_nothing_is_other()
    {
        var post = await content.Published(author, "Same", "news");

        await content.When(post with { Title = " Same " }, As.User(author)).ThenNothing();

        (await content.Send(new GetPost(post.PostId))).Succeeded().Revision.ShouldBe(1);
    }

    [Fact]
    public async Task Refuses_a_second_edit_of_one_revision_and_says_which_is_current()
    {
        var draft = await content.Draft(author);
        (await content.Send(draft with { Body = "First" }, As.User(author))).Succeeded().Revision.ShouldBe(2);

        (await content.Send(draft with { Body = "Second" }, As.User(author)))
            .RefusedWith("content.edited-meanwhile")
            .Detail.ShouldContain("revision 2");

        (await content.Send(new GetPost(draft.PostId), As.User(author))).Succeeded().Body.ShouldBe("First");
        (await content.Send(draft with { Body = "Second", Revision = 2 }, As.User(author)))
            .Succeeded()
            .Revision.ShouldBe(3);
        (await content.Send(draft with { Revision = null }, As.User(author))).BlamedFields().ShouldBe(["revision"]);
    }

    [Fact]
    public async Task Takes_exactly_one_of_several_edits_that_come_at_once()
    {
        var post = await content.Published(author);

        var outcomes = await content.SendAtOnce(
            post.PostId,
            [.. Enumerable.Range(0, 5).Select(i => post with { Body = $"No. {i}" })],
            As.User(author)
        );

        outcomes.Count(outcome => outcome.Error is null).ShouldBe(1);
        outcomes
            .Where(outcome => outcome.Error is not null)
            .ShouldAllBe(outcome => outcome.Error!.Code == "content.edited-meanwhile");
        (await content.Send(new GetPost(post.PostId))).Succeeded().Revision.ShouldBe(2);
        (await content.Published<PostPublishedV1>()).Count(published => published.PostId == post.PostId).ShouldBe(2);
    }

    [Fact]
    public async Task Is_for_the_author_and_moderators_only()
    {
        var (draft, post, stranger) = (
            await content.Draft(author),
            await content.Published(author),
            As.User(Guid.CreateVersion7())
        );

        (await content.Send(draft with { Body = "Mine now" }, stranger)).RefusedWith("content.unknown-post");
        (await content.Send(post with { Body = "Mine now" }, stranger)).RefusedWith("content.not-your-post");
        (await content.Send(new UnpublishPost(post.PostId), stranger)).RefusedWith("content.not-your-post");
        (await content.Send(new PublishPost(draft.PostId), stranger)).RefusedWith("content.unknown-post");
        (await content.Send(post with { Body = "Nobody's" }, As.Nobody)).RefusedWith("content.not-your-post");
        (await content.Send(post with { Body = "Mended" }, As.Moderator(Guid.CreateVersion7()))).Succeeded();
        (await content.Send(new GetPost(post.PostId))).Succeeded().AuthorId.ShouldBe(author);
    }
}
