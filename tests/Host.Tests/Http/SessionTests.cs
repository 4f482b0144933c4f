using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Host.Tests.Running;

namespace Host.Tests.Http;

/// <summary>
/// Sign-in as it is over the wire: what was ended, used up or taken away stops working with the very next request.
/// </summary>
public sealed class SessionTests(SessionTests.StrictHost host) : IClassFixture<SessionTests.StrictHost>
{
    private const string Password = "a user of the tests";

    private readonly string email = $"{Guid.CreateVersion7():N}@example.com";

    [Fact]
    public async Task Lists_where_somebody_is_signed_in_and_stops_the_token_of_a_session_that_is_revoked_at_once()
    {
        var (phone, laptop) = (await SignUpAndIn("phone"), await SignIn("laptop"));

        var sessions = (await Get("/users/me/sessions", laptop)).Expect(HttpStatusCode.OK)["items"]!.AsArray();
        sessions
            .Select(session => ((string)session!["device"]!, (bool)session["current"]!))
            .ShouldBe([("laptop", true), ("phone", false)]);
        var revoked = $"/users/me/sessions/{(string)sessions[1]!["id"]!}";
        (await Get("/users/me/profile", phone)).Status.ShouldBe(HttpStatusCode.OK);

        (await Call(HttpMethod.Delete, revoked, laptop)).Status.ShouldBe(HttpStatusCode.NoContent);

        (await Get("/users/me/profile", phone)).Code.ShouldBe("request.unauthenticated");
        (await Refresh(phone)).Code.ShouldBe("users.refresh-failed");
        (await Call(HttpMethod.Delete, revoked, laptop)).Code.ShouldBe("users.session-unknown");
        (await Get("/users/me/sessions", laptop)).Expect(HttpStatusCode.OK)["items"]!.AsArray().Count.ShouldBe(1);
    }

    [Fact]
    public async Task Lets_nobody_revoke_the_session_of_another()
    {
        var mine = await SignUpAndIn("mine");
        var session = (string)(await Get("/users/me/sessions", mine)).Expect(HttpStatusCode.OK)["items"]![0]!["id"]!;

        (await Call(HttpMethod.Delete, $"/users/me/sessions/{session}", await host.Admin())).Code.ShouldBe(
            "users.session-unknown"
        );

        (await Get("/users/me/profile", mine)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Stops_the_token_of_whoever_signs_out()
    {
        var signedIn = await SignUpAndIn("here");

        (await Call(HttpMethod.Post, "/users/logout", signedIn)).Status.ShouldBe(HttpStatusCode.NoContent);

        (await Get("/users/me/profile", signedIn)).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await Refresh(signedIn)).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Ends_the_session_with_all_its_tokens_when_a_refresh_token_comes_back_and_no_other_session()
    {
        var (first, other) = (await SignUpAndIn("stolen"), await SignIn("other"));
        var second = (await Refresh(first)).Expect(HttpStatusCode.OK);
        ((string)second["refreshToken"]!).ShouldNotBe((string)first["refreshToken"]!, StringComparer.Ordinal);
        (await Get("/users/me/profile", second)).Status.ShouldBe(HttpStatusCode.OK);

        (await Refresh(first)).Code.ShouldBe("users.refresh-failed");

        (await Get("/users/me/profile", second)).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await Get("/users/me/profile", first)).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await Refresh(second)).Code.ShouldBe("users.refresh-failed");
        (await Get("/users/me/profile", other)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Locks_an_account_after_failed_sign_ins_and_leaves_alone_who_is_in()
    {
        var signedIn = await SignUpAndIn("in");
        for (var i = 0; i < StrictHost.FailuresBeforeLockOut; i++)
        {
            (await TrySignIn("wrong password")).Code.ShouldBe("users.sign-in-failed");
        }

        var locked = await TrySignIn(Password);

        (locked.Status, locked.Code).ShouldBe((HttpStatusCode.Unauthorized, "users.locked-out"));
        (await Get("/users/me/profile", signedIn)).Status.ShouldBe(HttpStatusCode.OK);
        await Shop.Eventually(() => TrySignIn(Password), answer => answer.Status == HttpStatusCode.OK);
    }

    [Fact]
    public async Task Puts_another_role_in_force_for_the_next_request_of_a_token_that_was_issued_before()
    {
        var (admin, user) = (await host.Admin(), await SignUpAndIn("here"));
        var role = $"/users/{(string)(await Get("/users/me/profile", user)).Expect(HttpStatusCode.OK)["userId"]!}/role";
        (await Get("/operations/modules", user)).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await Call(HttpMethod.Put, role, user, new { role = "admin" })).Status.ShouldBe(HttpStatusCode.Forbidden);

        (await Call(HttpMethod.Put, role, admin, new { role = "admin" })).Status.ShouldBe(HttpStatusCode.NoContent);
        (await Get("/operations/modules", user)).Status.ShouldBe(HttpStatusCode.OK);

        (await Call(HttpMethod.Put, role, admin, new { role = "moderator" })).Status.ShouldBe(HttpStatusCode.NoContent);
        (await Get("/operations/modules", user)).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await Call(HttpMethod.Put, role, admin, new { role = "king" })).FaultyFields.ShouldBe(["role"]);
    }

    private async Task<JsonNode> SignUpAndIn(string device)
    {
        (
            await host.Open.Post(
                "/users/register",
                new
                {
                    email,
                    password = Password,
                    name = "Ada",
                }
            )
        ).Expect(HttpStatusCode.Created);
        return await SignIn(device);
    }

    private async Task<JsonNode> SignIn(string device)
    {
        HttpRequestMessage request = new(HttpMethod.Post, "/users/login")
        {
            Content = JsonContent.Create(new { email, password = Password }),
            Headers = { { "User-Agent", device } },
        };
        return (await host.Open.Send(request)).Expect(HttpStatusCode.OK);
    }

    private Task<Answer> TrySignIn(string password) => host.Open.Post("/users/login", new { email, password });

    private Task<Answer> Refresh(JsonNode tokens) =>
        host.Open.Post("/users/refresh", new { refreshToken = (string)tokens["refreshToken"]! });

    private Task<Answer> Get(string path, JsonNode tokens) => Call(HttpMethod.Get, path, tokens);

    private Task<Answer> Call(HttpMethod method, string path, JsonNode tokens, object? body = null) =>
        host.Open.Send(
            new(method, path)
            {
                Headers = { { "Authorization", $"Bearer {(string)tokens["accessToken"]!}" } },
                Content = body is null ? null : JsonContent.Create(body),
            }
        );

    /// <summary>
    /// A Host of accounts only, which forgives no second use of a refresh token and no third failure.
    /// </summary>
    public sealed class StrictHost : IAsyncLifetime
    {
        public const int FailuresBeforeLockOut = 3;

        private readonly HostSettings settings = new HostSettings()
            .With("Modules__Enabled", "users")
            .With("users__RefreshGrace", "00:00:00")
            .With("users__FailuresBeforeLockOut", "3")
            .With("users__FirstLockOut", "00:00:03");

        private HostProcess? process;
        private Api? open;

        public Api Open => open!;

        public async Task<JsonNode> Admin() =>
            (
                await Open.Post(
                    "/users/login",
                    new { email = "admin@example.com", password = HostSettings.AdminPassword }
                )
            ).Expect(HttpStatusCode.OK);

        public async ValueTask InitializeAsync()
        {
            process = await HostProcess.StartAsync(settings);
            open = new(process.Address);
        }

        public async ValueTask DisposeAsync()
        {
            open?.Dispose();
            if (process is not null)
            {
                await process.DisposeAsync();
            }

            settings.Dispose();
        }
    }
}
