using System.Net;
using Host.Tests.Running;

namespace Host.Tests.Http;

[Trait("Module", "Content")]
public sealed class ContentTests(RunningHost host)
{
    private const string Script = "<script>alert('x')</script>\r\n<img src=x onerror=\"alert(1)\"> & — 𝄞";

    private readonly Shop shop = host.Shop;

    [Fact]
    public async Task Gives_a_post_with_script_in_it_back_as_the_same_text_in_json_that_no_browser_runs()
    {
        var postId = await Write(Script);

        HttpRequestMessage asABrowser = new(HttpMethod.Get, $"/content/posts/{postId}")
        {
            Headers = { { "Accept", "text/html" } },
        };
        var answer = await shop.Open.Send(asABrowser);

        var post = answer.Expect(HttpStatusCode.OK);
        ((string)post["body"]!, (string)post["title"]!).ShouldBe((Script, "<b>Title</b>"));
        answer.ContentType.ShouldBe("application/json");
        answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        answer.Headers.GetValues("Content-Security-Policy").Single().ShouldStartWith("default-src 'none'");
    }

    [Fact]
    public async Task Shows_the_name_that_an_author_has_now()
    {
        var (email, password) = ($"{Guid.CreateVersion7():N}@example.com", "an author of the tests");
        (
            await shop.Open.Post(
                "/users/register",
                new
                {
                    email,
                    password,
                    name = "Ada",
                }
            )
        ).Expect(HttpStatusCode.Created);
        using var author = await shop.Open.SignedIn(email, password);
        var postId = await Write("By Ada", author);
        await Shop.Eventually(() => NameOn(postId), name => name is "Ada");

        (await author.Put("/users/me/profile", new { name = "Countess Lovelace" })).Expect(HttpStatusCode.OK);

        await Shop.Eventually(() => NameOn(postId), name => name is "Countess Lovelace");
    }

    [Fact]
    public async Task Refuses_a_post_that_is_too_large_with_the_reason()
    {
        (
            await shop.Customer.Post(
                "/content/posts",
                new { title = new string('t', 201), body = new string('b', 100_001) }
            )
        ).FaultyFields.ShouldBe(["title", "body"]);
        (
            await shop.Customer.PostOnceWelcome(
                "/content/posts",
                $$"""{"title": "t", "body": "{{new string('b', 2_000_000)}}"}"""
            )
        ).Code.ShouldBe("request.too-large");
        (await shop.Customer.Post("/content/posts", new { title = "t", body = "nul \0" })).Code.ShouldBe(
            "request.invalid-text"
        );
        (
            await shop.Customer.PostText("/content/posts", """{"title": "t", "body": "b", "categories": ["no-such"]}""")
        ).Code.ShouldBe("content.unknown-category");
        (await shop.Customer.Post("/content/categories", new { slug = "mine", name = "Mine" })).Status.ShouldBe(
            HttpStatusCode.Forbidden
        );
        (await shop.Open.Post("/content/posts", new { title = "t", body = "b" })).Status.ShouldBe(
            HttpStatusCode.Unauthorized
        );
    }

    [Fact]
    public async Task Brings_a_few_posts_of_its_own()
    {
        var page = (await shop.Open.Get("/content/posts?category=how-to")).Expect(HttpStatusCode.OK);

        page["items"]!.AsArray().Select(post => (string)post!["authorName"]!).ShouldBe(["Demo Admin"]);
    }

    private async Task<string> Write(string body, Api? author = null)
    {
        var postId = (string)
            (await (author ?? shop.Customer).Post("/content/posts", new { title = "<b>Title</b>", body })).Expect(
                HttpStatusCode.Created
            )["postId"]!;
        (await (author ?? shop.Customer).Post($"/content/posts/{postId}/publish", new { })).Status.ShouldBe(
            HttpStatusCode.NoContent
        );
        return postId;
    }

    private async Task<string?> NameOn(string postId) =>
        (string?)(await shop.Open.Get($"/content/posts/{postId}")).Expect(HttpStatusCode.OK)["authorName"];
}
