using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using BuildingBlocks.EventLog.Feeds;
using BuildingBlocks.Feeds;
using BuildingBlocks.Modules;
using BuildingBlocks.Tests.Probe;
using BuildingBlocks.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BuildingBlocks.Tests.Feeds;

/// <summary>A feed is read over HTTP, by those who may.</summary>
public sealed class FeedHttpTests : IAsyncLifetime
{
    private static readonly TimeSpan NoWait = TimeSpan.Zero;

    private readonly FeedFixture feed = new();
    private readonly string folder = Directory.CreateTempSubdirectory("feeds-").FullName;
    private readonly List<IDisposable> clients = [];
    private WebApplication? host;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string PublicKeys => Path.Combine(folder, "reader.pub");

    public async ValueTask InitializeAsync()
    {
        await feed.InitializeAsync();
        await File.WriteAllTextAsync(PublicKeys, MakeKey("reader.key"), Cancellation);
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var home = feed.Home.Database;
        builder.Configuration["Modules:probe:ConnectionString"] = home.AppConnectionString("probe");
        builder.Configuration["EventLog:PollInterval"] = "00:00:00.020";
        builder.Configuration["Feeds:Name"] = "shop";
        builder.Configuration["Feeds:Readers:reader:Modules"] = "probe";
        builder.Configuration["Feeds:Readers:reader:PublicKeyFile"] = PublicKeys;
        builder.Services.AddModules(builder.Configuration, modules => modules.Add<ProbeModule>());
        builder.Services.AddWebRequests();
        builder.Services.AddRequestTimeouts();
        host = builder.Build();
        host.UseProblemDetails();
        host.UseRouting();
        host.UseRequestTimeouts();
        host.UseAuthentication();
        host.UseAuthorization();
        host.UseRequestInput();
        host.MapFeeds();
        await host.StartAsync(Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await host!.StopAsync(CancellationToken.None);
        await host.DisposeAsync();
        clients.ForEach(client => client.Dispose());
        await feed.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Events_come_as_they_were_published_and_a_question_that_waits_is_answered_when_one_is()
    {
        await feed.Home.PublishOnly("asked", "ä \"quoted\" ✓", "b");
        var client = NewClient();
        var first = await Eventually(client);
        first.Events.Select(one => one.Id).ShouldBe(await feed.AtHome("asked"));
        first
            .Events[0]
            .Payload.ShouldBe(
                await feed.Home.Sql.Value<string>("select payload::text from outbox order by position limit 1")
            );

        var waiting = client.AskAsync(Question(first.Events[^1], TimeSpan.FromSeconds(30)), Cancellation);
        await feed.Home.PublishOnly("asked", "c");

        (await waiting).Events.Count.ShouldBe(1);
        (
            await feed.Home.Sql.Value<long>("select after_seq from feed_readers where name = 'reader'")
        ).ShouldBeGreaterThanOrEqualTo(0);
    }

    [Fact]
    public async Task An_answer_is_compressed_for_who_takes_that()
    {
        await feed.Home.PublishOnly("large", [.. Enumerable.Repeat(new string('a', 1_000), 50)]);
        await Eventually(NewClient());
        var plain = await GetAsync("identity");
        var zipped = await GetAsync("gzip");

        zipped.Content.Headers.ContentEncoding.ShouldBe(["gzip"]);
        var (large, small) = (
            (await plain.Content.ReadAsByteArrayAsync(Cancellation)).Length,
            (await zipped.Content.ReadAsByteArrayAsync(Cancellation)).Length
        );
        small.ShouldBeLessThan(large / 5);
    }

    [Theory]
    [InlineData(
        "audience",
        HttpStatusCode.Unauthorized,
        "It is meant for 'elsewhere', but this Host is 'shop' (Feeds:Name)"
    )]
    [InlineData("expired", HttpStatusCode.Unauthorized, "It has expired or is not valid yet")]
    [InlineData("future", HttpStatusCode.Unauthorized, "It has expired or is not valid yet")]
    [InlineData("scope", HttpStatusCode.Forbidden, "lacks the scope feed:probe")]
    [InlineData("key", HttpStatusCode.Unauthorized, "None of the keys")]
    [InlineData("issuer", HttpStatusCode.Unauthorized, "None of the keys")]
    [InlineData("none", HttpStatusCode.Unauthorized, "Feeds are for other Hosts")]
    [InlineData("rubbish", HttpStatusCode.Unauthorized, "It cannot be read")]
    [InlineData("unsigned", HttpStatusCode.Unauthorized, "None of the keys")]
    public async Task A_token_that_is_not_right_is_refused_with_what_to_change(
        string fault,
        HttpStatusCode status,
        string message
    )
    {
        MakeKey("other.key");
        var token = fault switch
        {
            "audience" => Tokens().Issue("elsewhere", "probe"),
            "expired" => Tokens(clock: new Shifted(TimeSpan.FromSeconds(-100))).Issue("shop", "probe"),
            "future" => Tokens(clock: new Shifted(TimeSpan.FromHours(1))).Issue("shop", "probe"),
            "scope" => Tokens().Issue("shop", "orders"),
            "key" => Tokens(key: "other.key").Issue("shop", "probe"),
            "issuer" => Tokens(name: "stranger").Issue("shop", "probe"),
            "rubbish" => "rubbish",
            "unsigned" => Unsigned(Tokens().Issue("shop", "probe")),
            _ => null,
        };

        using var answer = await AskWith(token);

        answer.StatusCode.ShouldBe(status);
        (await answer.Content.ReadAsStringAsync(Cancellation)).ShouldContain(message);
    }

    [Fact]
    public async Task Keys_change_while_both_Hosts_run()
    {
        var second = MakeKey("second.key");
        using (var early = await AskWith(Tokens(key: "second.key").Issue("shop", "probe")))
        {
            early.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        }

        var first = await File.ReadAllTextAsync(PublicKeys, Cancellation);
        await File.WriteAllTextAsync(PublicKeys, $"{first}\n{second}", Cancellation);
        await Eventually(NewClient());
        await Eventually(NewClient("second.key"));

        await File.WriteAllTextAsync(PublicKeys, second, Cancellation);
        await Eventually(NewClient("second.key"));
        using var late = await AskWith(Tokens().Issue("shop", "probe"));
        late.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("after=-1&limit=1&wait=0")]
    [InlineData("after=0&limit=0&wait=0")]
    [InlineData("after=0&limit=1001&wait=0")]
    [InlineData("after=0&limit=1&wait=31")]
    [InlineData("after=0&limit=1&wait=NaN")]
    public async Task A_question_out_of_bounds_is_refused(string question)
    {
        using var answer = await AskWith(Tokens().Issue("shop", "probe"), question);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("{}", "is no feed")]
    [InlineData("[]", "is no feed")]
    [InlineData("<html>", "is no feed")]
    [InlineData(
        """{"module":"probe","epoch":"0198a000-0000-7000-8000-000000000001","firstSeq":1,"nextSeq":2,"events":[{"seq":"1"}]}""",
        "is no feed"
    )]
    [InlineData(
        """{"module":"probe","epoch":"0198a000-0000-7000-8000-000000000001","firstSeq":1,"nextSeq":2,"events":[{"seq":1,"position":1,"txId":"1","id":"0198a000-0000-7000-8000-000000000001","type":"note.taken","version":1,"key":"k","correlationId":"c","occurredAt":"2026-01-01T00:00:00Z","payload":7}]}""",
        "The payload of event 1 is no object"
    )]
    public async Task What_is_no_feed_is_refused_and_names_the_setting(string body, string message)
    {
        using FakeHost other = new(HttpStatusCode.OK, body);
        using FeedClient client = new(Settings(), Tokens(), other);

        var refused = await Should.ThrowAsync<FeedRefusedException>(() =>
            client.AskAsync(Question(last: null, NoWait), Cancellation)
        );

        refused.Message.ShouldContain(message);
        refused.Message.ShouldContain("Feeds:Sources:probe:Uri");
        refused.Message.ShouldContain("Nothing was appended");
    }

    [Fact]
    public async Task An_answer_that_is_too_large_is_refused_before_it_is_held()
    {
        using FakeHost other = new(HttpStatusCode.OK, new string(' ', FeedClient.LargestAnswer + 1));
        using FeedClient client = new(Settings(), Tokens(), other);

        (
            await Should.ThrowAsync<FeedRefusedException>(() =>
                client.AskAsync(Question(last: null, NoWait), Cancellation)
            )
        ).Message.ShouldContain("more than 64 MiB");
    }

    private static FeedQuestion Question(FeedEvent? last, TimeSpan wait) =>
        new("probe", last?.Seq ?? 0, last?.Id, FeedFixture.Types, 1_000, wait);

    /// <summary>The sequencer runs in the background; until its first page there is no feed.</summary>
    private static async Task<FeedAnswer> Eventually(FeedClient client)
    {
        FeedAnswer? answer = null;
        await Probe.Eventually.Holds(async () =>
        {
            try
            {
                answer = await client.AskAsync(Question(last: null, NoWait), Cancellation);
                return answer.AsOf is not null;
            }
            catch (FeedRefusedException early) when (early.Message.Contains("set up", StringComparison.Ordinal))
            {
                return false;
            }
        });
        return answer!;
    }

    private async Task<HttpResponseMessage> GetAsync(string encoding)
    {
        using HttpClient http = new();
        using HttpRequestMessage request = new(HttpMethod.Get, Address("after=0&limit=1000&wait=0&types=note.taken"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Tokens().Issue("shop", "probe"));
        request.Headers.AcceptEncoding.ParseAdd(encoding);
        return await http.SendAsync(request, Cancellation);
    }

    private async Task<HttpResponseMessage> AskWith(string? token, string question = "after=0&limit=1&wait=0")
    {
        using HttpClient http = new();
        using HttpRequestMessage request = new(HttpMethod.Get, Address(question));
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return await http.SendAsync(request, Cancellation);
    }

    private Uri Address(string question) => new($"{host!.Urls.Single()}/feeds/probe?{question}");

    private FeedClient NewClient(string key = "reader.key")
    {
        FeedClient client = new(Settings(key: key), Tokens(key));
        clients.Add(client);
        return client;
    }

    private FeedTokens Tokens(string key = "reader.key", string name = "reader", TimeProvider? clock = null) =>
        new(Settings(key, name), clock ?? TimeProvider.System);

    private FeedsOptions Settings(string key = "reader.key", string name = "reader")
    {
        FeedsOptions settings = new() { Name = name, PrivateKeyFile = Path.Combine(folder, key) };
        settings.Sources["probe"] = new() { Uri = new(host!.Urls.Single()), Audience = "shop" };
        return settings;
    }

    /// <summary>Makes a key pair and returns the public half.</summary>
    private string MakeKey(string file)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText(Path.Combine(folder, file), key.ExportPkcs8PrivateKeyPem());
        return key.ExportSubjectPublicKeyInfoPem();
    }

    /// <summary>The same claims under the algorithm "none".</summary>
    private static string Unsigned(string token) =>
        $"{Convert.ToBase64String("""{"alg":"none","typ":"JWT"}"""u8).TrimEnd('=')}.{token.Split('.')[1]}.";

    private sealed class Shifted(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
    }

    private sealed class FakeHost(HttpStatusCode status, string body) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        ) => Task.FromResult(new HttpResponseMessage(status) { Content = new StringContent(body) });
    }
}
