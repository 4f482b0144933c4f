using BuildingBlocks.Testing;
using Content.Features;

namespace Content.Tests.Features;

public sealed class ListPostsTests(ContentFixture content) : IClassFixture<ContentFixture>
{
    private readonly Guid author = Guid.CreateVersion7();

    [Fact]
    public async Task Shows_public_posts_only_the_latest_first_in_pages_without_gaps_or_repeats()
    {
        var category = await Category();
        List<Guid> published = [];
        for (var i = 0; i < 7; i++)
        {
            published.Add((await content.Published(author, $"No. {i}", category)).PostId);
            // Some at the same moment, so that only their ids order them.
            await content.Advance(TimeSpan.FromMinutes(i % 3 == 0 ? 1 : 0));
        }

        await content.Draft(author, categories: [category]);
        var gone = await content.Published(author, "Gone", category);
        await content.Send(new UnpublishPost(gone.PostId), As.User(author));

        List<Guid> seen = [];
        string? next = null;
        do
        {
            var page = (await content.Send(new ListPosts(category, next, 2), As.Nobody)).Succeeded();
            page.Items.Count.ShouldBeInRange(1, 2);
            seen.AddRange(page.Items.Select(post => post.PostId));
            next = page.Next;

            // What is published meanwhile belongs before the first page and disturbs none of the later ones.
            await content.Advance(TimeSpan.FromMinutes(1));
            await content.Published(author, "Meanwhile", category);
        } while (next is not null);

        seen.ShouldBe(Enumerable.Reverse(published));
    }

    [Fact]
    public async Task Shows_those_of_one_category_with_all_their_categories()
    {
        var (one, other) = (await Category(), await Category());
        var both = await content.Published(author, "In both", one, other);
        await content.Published(author, "In the other", other);

        var page = (await content.Send(new ListPosts(one, After: null, Limit: null), As.Nobody)).Succeeded();

        page.Items.Select(post => post.PostId).ShouldBe([both.PostId]);
        page.Items[0].Categories.ShouldBe(new[] { one, other }.Order(StringComparer.Ordinal));
        (await content.Send(new ListPosts("no-such", After: null, Limit: null))).Succeeded().Items.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("1-2")]
    [InlineData("-1-00000000000000000000000000000000")]
    [InlineData("999999999999999999-00000000000000000000000000000000")]
    [InlineData("")]
    public async Task Refuses_a_cursor_that_no_page_gave(string after) =>
        (await content.Send(new ListPosts(Category: null, after, Limit: null))).BlamedFields().ShouldBe(["after"]);

    [Fact]
    public async Task Refuses_nonsense_filters_and_limits()
    {
        (await content.Send(new ListPosts("No Slug", After: null, 0))).BlamedFields().ShouldBe(["category", "limit"]);
        (await content.Send(new ListPosts(Category: null, After: null, 201))).BlamedFields().ShouldBe(["limit"]);
        (await content.Send(new ListOwnPosts(After: null, 0))).BlamedFields().ShouldBe(["limit"]);
    }

    [Fact]
    public async Task Shows_authors_all_of_their_own_posts_and_nobody_elses()
    {
        var (draft, published) = (await content.Draft(author), await content.Published(author));
        await content.Draft(Guid.CreateVersion7());

        var first = (await content.Send(new ListOwnPosts(After: null, 1), As.User(author))).Succeeded();
        var second = (await content.Send(new ListOwnPosts(first.Next, 1), As.User(author))).Succeeded();

        first.Items.Concat(second.Items).Select(post => post.PostId).ShouldBe([published.PostId, draft.PostId]);
        second.Next.ShouldBeNull();
        (await content.Send(new ListOwnPosts(After: null, Limit: null), As.Nobody)).Succeeded().Items.ShouldBeEmpty();
    }

    private async Task<string> Category()
    {
        var slug = $"c-{Guid.CreateVersion7():N}";
        (await content.Send(new AddCategory(slug, slug))).Succeeded();
        return slug;
    }
}
