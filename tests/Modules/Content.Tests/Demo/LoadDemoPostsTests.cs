using BuildingBlocks.Application;
using BuildingBlocks.Modules;
using BuildingBlocks.Testing;
using Content.Contracts;
using Content.Demo;
using Content.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Content.Tests.Demo;

public sealed class LoadDemoPostsTests(ModuleFixture<ContentModule> content)
    : IClassFixture<ModuleFixture<ContentModule>>
{
    [Fact]
    public async Task Brings_in_posts_of_the_admin_and_completes_what_was_broken_off_without_repeating_it()
    {
        await Load();
        await content.Sql.Execute(
            "update posts set status = 'draft', published_at = null where title = 'How an order is paid'"
        );
        await content.Sql.Execute(
            "delete from post_categories where category_slug = 'news'; delete from categories where slug = 'news'"
        );

        await Load();
        await Load();

        var posts = (await content.Send(new ListPosts(Category: null, After: null, Limit: null), As.Nobody))
            .Succeeded()
            .Items;
        posts.Select(post => post.Title).ShouldBe(["How an order is paid", "The shop is open"], ignoreOrder: true);
        posts.ShouldAllBe(post => post.AuthorId == DemoOptions.AdminId);
        (await content.Sql.Value<long>("select count(*) from posts")).ShouldBe(3);
        (await content.Sql.Value<long>("select count(*) from categories")).ShouldBe(2);
        (await content.Published<PostPublishedV1>()).Count.ShouldBe(2 + 1);
    }

    private async Task Load()
    {
        await using var scope = content.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<Caller>().System();
        await ((IDemoData)scope.ServiceProvider.GetRequiredService<LoadDemoPosts>()).Load(
            TestContext.Current.CancellationToken
        );
    }
}
