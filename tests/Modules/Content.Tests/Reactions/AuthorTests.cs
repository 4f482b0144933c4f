using BuildingBlocks.Testing;
using Content.Features;
using Users.Contracts;

namespace Content.Tests.Reactions;

public sealed class AuthorTests(ContentFixture content) : IClassFixture<ContentFixture>
{
    private readonly Guid author = Guid.CreateVersion7();

    private UserRegisteredV1 Registered => new(author, "ada@example.com", "Ada", "user");

    [Fact]
    public async Task A_post_carries_the_name_its_author_has_now_whenever_it_was_written()
    {
        await content.Given(Registered);
        var before = await content.Published(author);

        await content.When(new UserProfileUpdatedV1(author, "Countess Lovelace")).ThenNothing();

        var after = await content.Published(author);
        (await NameOn(before.PostId)).ShouldBe("Countess Lovelace");
        (await NameOn(after.PostId)).ShouldBe("Countess Lovelace");
        (await content.Send(new ListPosts(Category: null, After: null, 200)))
            .Succeeded()
            .Items.Where(post => post.AuthorId == author)
            .ShouldAllBe(post => post.AuthorName == "Countess Lovelace");
    }

    [Fact]
    public async Task A_post_that_comes_before_the_news_of_its_author_gets_the_name_when_that_arrives()
    {
        var early = await content.Published(author);
        (await NameOn(early.PostId)).ShouldBeNull();

        await content.Given(Registered);

        (await NameOn(early.PostId)).ShouldBe("Ada");
    }

    [Fact]
    public async Task A_change_of_an_account_whose_beginning_is_unknown_is_news_enough()
    {
        var post = await content.Published(author);

        await content.Given(new UserProfileUpdatedV1(author, "Ada L."));

        (await NameOn(post.PostId)).ShouldBe("Ada L.");
    }

    private async Task<string?> NameOn(Guid postId) =>
        (await content.Send(new GetPost(postId), As.Nobody)).Succeeded().AuthorName;
}
