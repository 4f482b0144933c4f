using BuildingBlocks.Testing;
using Content.Contracts;
using Content.Domain;
using Content.Features;

namespace Content.Tests.Features;

public sealed class PublishPostTests(ContentFixture content) : IClassFixture<ContentFixture>
{
    private readonly Guid author = Guid.CreateVersion7();
    private readonly As moderator = As.Moderator(Guid.CreateVersion7());

    [Fact]
    public async Task Lets_anybody_read_it_and_announces_it_once()
    {
        var draft = await content.Draft(author, "To be read", categories: ["news"]);

        await content
            .When(new PublishPost(draft.PostId), As.User(author))
            .Then<PostPublishedV1>(published =>
            {
                (
                    published.PostId,
                    published.AuthorId,
                    published.Title,
                    published.PublishedAt,
                    published.Revision
                ).ShouldBe((draft.PostId, author, "To be read", content.Clock.Now, 1));
                published.Categories.ShouldBe(["news"]);
            });
        await content.When(new PublishPost(draft.PostId), As.User(author)).ThenNothing();

        (await content.Send(new GetPost(draft.PostId), As.Nobody)).Succeeded().Status.ShouldBe(PostStatus.Published);
    }

    [Fact]
    public async Task Announces_once_what_is_published_several_times_at_once()
    {
        var draft = await content.Draft(author);

        var outcomes = await content.SendAtOnce(
            draft.PostId,
            [.. Enumerable.Range(0, 5).Select(_ => new PublishPost(draft.PostId))],
            As.User(author)
        );

        outcomes.ShouldAllBe(outcome => outcome.Error == null);
        (await content.Published<PostPublishedV1>()).Count(published => published.PostId == draft.PostId).ShouldBe(1);
    }

    [Fact]
    public async Task Can_be_taken_back_by_the_author_and_done_again()
    {
        var post = await content.Published(author);

        await content
            .When(new UnpublishPost(post.PostId), As.User(author))
            .Then<PostUnpublishedV1>(unpublished =>
                unpublished.ShouldBe(new PostUnpublishedV1(post.PostId, author, TakenDown: false))
            );
        await content.When(new UnpublishPost(post.PostId), As.User(author)).ThenNothing();
        (await content.Send(new GetPost(post.PostId), As.Nobody)).RefusedWith("content.unknown-post");

        await content.When(new PublishPost(post.PostId), As.User(author)).Then<PostPublishedV1>();
    }

    [Fact]
    public async Task Is_refused_to_the_author_once_a_moderator_took_the_post_down()
    {
        var post = await content.Published(author);

        await content
            .When(new UnpublishPost(post.PostId), moderator)
            .Then<PostUnpublishedV1>(unpublished => unpublished.TakenDown.ShouldBeTrue());

        (await content.Send(new PublishPost(post.PostId), As.User(author))).RefusedWith("content.taken-down");
        (await content.Send(post with { Body = "Mended" }, As.User(author))).Succeeded();
        (await content.Send(new GetPost(post.PostId), As.User(author))).Succeeded().TakenDown.ShouldBeTrue();
        await content.When(new PublishPost(post.PostId), moderator).Then<PostPublishedV1>();
        (await content.Send(new GetPost(post.PostId), As.Nobody)).Succeeded().TakenDown.ShouldBeFalse();
    }

    [Fact]
    public async Task Is_refused_to_the_author_also_when_a_moderator_came_second()
    {
        var post = await content.Published(author);
        (await content.Send(new UnpublishPost(post.PostId), As.User(author))).Succeeded();

        await content.When(new UnpublishPost(post.PostId), moderator).ThenNothing();

        (await content.Send(new PublishPost(post.PostId), As.User(author))).RefusedWith("content.taken-down");
    }

    [Fact]
    public async Task Must_have_happened_before_it_can_be_taken_back()
    {
        var draft = await content.Draft(author);

        (await content.Send(new UnpublishPost(draft.PostId), As.User(author))).RefusedWith("content.never-published");
        (await content.Send(new UnpublishPost(Guid.CreateVersion7()), moderator)).RefusedWith("content.unknown-post");
    }
}
