using System.Net;
using Host.Tests.Running;

namespace Host.Tests.Http;

/// <summary>Signing in as OAuth 2.0 has it (RFC 6749, sections 4.3, 5 and 6).</summary>
public sealed class TokenTests(RunningHost host)
{
    private const string Password = "grant_type=password&username=customer@example.com&password=";

    private readonly Shop shop = host.Shop;

    [Fact]
    public async Task Gives_a_bearer_token_that_no_cache_keeps()
    {
        var answer = await Ask(Password + Uri.EscapeDataString(HostSettings.CustomerPassword));

        var token = answer.Expect(HttpStatusCode.OK);
        ((string)token["token_type"]!).ShouldBe("Bearer");
        ((int)token["expires_in"]!).ShouldBePositive();
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        answer.Headers.Pragma.ToString().ShouldBe("no-cache");
        using Api customer = new(host.Process.Address, (string)token["access_token"]!);
        ((string)(await customer.Get("/users/me/profile")).Expect(HttpStatusCode.OK)["email"]!).ShouldBe(
            "customer@example.com"
        );
    }

    [Fact]
    public async Task Takes_the_refresh_token_back_for_new_ones()
    {
        var first = (await Ask(Password + Uri.EscapeDataString(HostSettings.CustomerPassword))).Expect(
            HttpStatusCode.OK
        );

        var next = (await Ask($"grant_type=refresh_token&refresh_token={(string)first["refresh_token"]!}")).Expect(
            HttpStatusCode.OK
        );

        string.Equals((string)next["refresh_token"]!, (string)first["refresh_token"]!, StringComparison.Ordinal)
            .ShouldBeFalse();
    }

    [Theory]
    [InlineData("", "invalid_request")]
    [InlineData("grant_type=", "invalid_request")]
    [InlineData("grant_type=password", "invalid_request")]
    [InlineData("grant_type=password&username=customer@example.com&password=", "invalid_request")]
    [InlineData("grant_type=password&grant_type=password&username=a&password=b", "invalid_request")]
    [InlineData("grant_type=password&username=a%00&password=b", "invalid_request")]
    [InlineData("grant_type=password&username=a%FF&password=b", "invalid_request")]
    [InlineData("grant_type=refresh_token", "invalid_request")]
    [InlineData("grant_type=client_credentials", "unsupported_grant_type")]
    [InlineData("grant_type=password&username=nobody@example.com&password=wrong", "invalid_grant")]
    [InlineData("grant_type=refresh_token&refresh_token=none", "invalid_grant")]
    public async Task Refuses_in_the_form_of_the_RFC(string form, string error) => RefusedAs(error, await Ask(form));

    [Theory]
    [InlineData("grant_type=password&username=a%00b&password=b", "username")]
    [InlineData("grant_type=password&username=a&password=%FF", "password")]
    [InlineData("grant_type=password&username=a&username=b&password=c", "username")]
    [InlineData("grant_type=refresh_token&refresh_token=%00", "refresh_token")]
    public async Task Names_the_parameter_that_is_wrong(string form, string parameter) =>
        ((string)(await Ask(form)).Expect(HttpStatusCode.BadRequest)["error_description"]!).ShouldContain(parameter);

    [Theory]
    [InlineData("&more=%00&more=%FF")]
    [InlineData("&client_id=shop&scope=all&mor%00e=x")]
    public async Task Leaves_other_parameters_alone_as_the_RFC_says(string more) =>
        (await Ask(Password + Uri.EscapeDataString(HostSettings.CustomerPassword) + more)).Expect(HttpStatusCode.OK);

    [Theory]
    [InlineData("application/json", """{"grant_type": "password"}""")]
    [InlineData("text/plain", "grant_type=password")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n--x--")]
    public async Task Takes_no_other_form_than_that_of_the_RFC(string contentType, string body)
    {
        HttpRequestMessage request = new(HttpMethod.Post, "/users/token") { Content = new StringContent(body) };
        request.Content.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse(contentType);

        var answer = await shop.Open.Send(request);

        answer.Status.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        answer.Text.ShouldContain("application/x-www-form-urlencoded");
    }

    [Fact]
    public async Task Refuses_a_form_with_too_many_fields_in_the_form_of_the_RFC() =>
        RefusedAs("invalid_request", await Ask(string.Join('&', Enumerable.Range(0, 2_000).Select(i => $"f{i}=1"))));

    private Task<Answer> Ask(string form) =>
        shop.Open.PostText("/users/token", form, "application/x-www-form-urlencoded");

    private static void RefusedAs(string error, Answer answer)
    {
        var refusal = answer.Expect(HttpStatusCode.BadRequest);
        ((string)refusal["error"]!).ShouldBe(error);
        // Section 5.2 allows neither quotes nor backslashes nor anything beyond ASCII.
        ((string)refusal["error_description"]!).ShouldAllBe(letter =>
            letter >= ' ' && letter <= '~' && letter != '"' && letter != '\\'
        );
    }
}
