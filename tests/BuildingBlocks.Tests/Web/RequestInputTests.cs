using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace BuildingBlocks.Tests.Web;

/// <summary>What a request may bring, and what is said of anything else.</summary>
public sealed class RequestInputTests(InputApp app) : IClassFixture<InputApp>
{
    private const string Part = "--x\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\n";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{"name": "nul \u0000"}""", "name")]
    [InlineData("""{"name": "half \ud83d"}""", "name")]
    [InlineData(
        """{"name": "x", "parts": [{"name": "fine", "count": 1}, {"name": "\u0000", "count": 1}]}""",
        "parts[1].name"
    )]
    [InlineData("""{"name": "x", "anything": {"deep": ["fine", "\ude00"]}}""", "anything.deep[1]")]
    [InlineData("""{"name": "x", "nul \u0000": 1}""", @"nul \u0000")]
    [InlineData("""{"name": "x", "anything": {"nul \u0000": 1}}""", @"anything.nul \u0000")]
    [InlineData("""{"name": "x", "parts": [{"name": "y", "count": 1, "half \ud83d": 1}]}""", @"parts[0].half \ud83d")]
    [InlineData("""{"name": "x", "named": {"one": {"name": "\u0000", "count": 1}}}""", "named.one.name")]
    public async Task Refuses_text_in_a_body_that_cannot_be_stored(string body, string place) =>
        IsRefusal(await Post(body), HttpStatusCode.BadRequest, "request.invalid-text", place);

    [Fact]
    public async Task Refuses_a_body_that_is_no_utf8()
    {
        using ByteArrayContent content = new([.. "{\"name\": \""u8, 0xE4, .. "\"}"u8]);
        content.Headers.ContentType = new("application/json");

        IsRefusal(
            await Send(new(HttpMethod.Post, "/things") { Content = content }),
            HttpStatusCode.BadRequest,
            "request.invalid-text",
            "name"
        );
    }

    [Theory]
    [InlineData("/things?name=%00", "name")]
    [InlineData("/things?name=fine&name%00=x", "name\ufffd")]
    [InlineData("/things?name=%FF", "name")]
    [InlineData("/things?name=a%ED%A0%80b", "name")]
    [InlineData("/things?limit=1&name=%C0%80", "name")]
    [InlineData("/things?name=%E2%82", "name")]
    [InlineData("/things?nam%FF=x", "nam%FF")]
    [InlineData("/things?name=%E2%80%8B", "name")]
    [InlineData("/files/%FF", "name")]
    [InlineData("/files/fine/a/%ED%A0%80", "rest")]
    [InlineData("/files/%E2%80%8B", "name")]
    public async Task Refuses_text_in_an_address_that_cannot_be_stored_or_seen(string address, string place)
    {
        var answer = await Get(address);

        answer.Status.ShouldBe(HttpStatusCode.BadRequest, answer.Text);
        answer.Places.ShouldContain(place, StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("""{"at": "2030-01-01T00:00:00"}""", "at")]
    [InlineData("""{"at": "2030-01-01"}""", "at")]
    [InlineData("""{"at": "2030-01-01T00:00:00Z", "until": "2030-01-02T00:00:00"}""", "until")]
    public async Task Refuses_a_time_without_an_offset(string body, string place)
    {
        var answer = await Post(body, address: "/times");

        answer.Status.ShouldBe(HttpStatusCode.BadRequest, answer.Text);
        answer.Text.ShouldContain($"'{place}' must be a time with its offset");
    }

    [Theory]
    [InlineData("2030-01-01T00:00:00Z")]
    [InlineData("2030-01-01T02:00:00.5+02:00")]
    [InlineData("2029-12-31T19:00:00-05:00")]
    public async Task Takes_a_time_with_its_offset(string time) =>
        (await Post($$"""{"at": "{{time}}"}""", address: "/times")).Status.ShouldBe(HttpStatusCode.OK);

    [Theory]
    [InlineData("/things?name=gr%C3%B6%C3%9Fer%20%E2%82%AC", "größer €")]
    [InlineData("/things?name=%25FF", "%FF")]
    [InlineData("/things?name=%EF%BF%BD", "\ufffd")]
    [InlineData("/files/gr%C3%B6%C3%9Fer/%F0%9F%98%80", "größer\ud83d\ude00")]
    public async Task Takes_what_is_utf8(string address, string text) => (await Get(address)).Text.ShouldContain(text);

    [Theory]
    [InlineData("application/x-www-form-urlencoded", "name=%FF", "name")]
    [InlineData("application/x-www-form-urlencoded", "name=a%00", "name")]
    [InlineData("application/x-www-form-urlencoded", "name=%E2%80%8B", "name")]
    [InlineData("multipart/form-data; boundary=x", Part + "\0\r\n--x--", "name")]
    public async Task Refuses_text_in_a_form_that_cannot_be_stored_or_seen(string type, string body, string place) =>
        IsRefusal(await Post(body, type, "/forms"), HttpStatusCode.BadRequest, "request.invalid-text", place);

    [Theory]
    [InlineData("name=%FF", "name")]
    [InlineData("name=a%00", "name")]
    [InlineData("more=%00&limit=%C0%80", "limit")]
    public async Task Refuses_a_form_for_tokens_that_is_no_text_in_the_form_of_the_RFC(string body, string named)
    {
        var answer = await Post(body, "application/x-www-form-urlencoded", "/token");

        answer.Status.ShouldBe(HttpStatusCode.BadRequest);
        answer.Text.ShouldContain("\"error\":\"invalid_request\"");
        ((string)JsonNode.Parse(answer.Text)!["error_description"]!).ShouldStartWith(
            $"'{named}' holds text that cannot be stored"
        );
    }

    [Theory]
    [InlineData("name=fine&more=%FF")]
    [InlineData("name=fine&more=a%00")]
    [InlineData("name=fine&mor%C0%80e=a")]
    public async Task Leaves_alone_what_else_clients_send_for_tokens(string body) =>
        (await Post(body, "application/x-www-form-urlencoded", "/token")).Text.ShouldContain("fine");

    [Fact]
    public async Task Refuses_a_form_with_bytes_that_are_no_utf8()
    {
        using ByteArrayContent content = new([.. "name="u8, 0xE4]);
        content.Headers.ContentType = new("application/x-www-form-urlencoded");

        var answer = await Send(new(HttpMethod.Post, "/forms") { Content = content });

        IsRefusal(answer, HttpStatusCode.BadRequest, "request.invalid-text", "name");
    }

    [Theory]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nnothing of the sort")]
    [InlineData("multipart/form-data; boundary=x", "name=fine")]
    public async Task Refuses_what_is_no_form(string contentType, string body)
    {
        var answer = await Post(body, contentType, "/forms");

        answer.Status.ShouldBe(HttpStatusCode.BadRequest, answer.Text);
        answer.Code.ShouldBe("request.invalid-http");
    }

    [Theory]
    [InlineData("/forms", "application/x-www-form-urlencoded; charset=windows-1252")]
    [InlineData("/forms", "multipart/form-data; boundary=x; charset=utf-16")]
    [InlineData("/token", "application/x-www-form-urlencoded; charset=utf-16")]
    [InlineData("/token", "multipart/form-data; boundary=x")]
    [InlineData("/token", "application/json")]
    [InlineData("/token", "text/plain")]
    [InlineData("/token", "")]
    public async Task Refuses_a_form_of_another_type_or_encoding(string address, string contentType) =>
        (await Post("name=fine", contentType, address)).Status.ShouldBe(HttpStatusCode.UnsupportedMediaType);

    [Theory]
    [InlineData("/forms", "application/x-www-form-urlencoded")]
    [InlineData("/forms", "application/x-www-form-urlencoded; charset=csUTF8")]
    [InlineData("/token", "application/x-www-form-urlencoded; charset=\"utf-8\"")]
    public async Task Takes_a_form(string address, string contentType) =>
        (await Post("name=gr%C3%B6%C3%9Fer", contentType, address)).Text.ShouldContain("größer");

    [Theory]
    [InlineData("""{"name": "\u200b"}""", "name")]
    [InlineData("""{"name": " \u2060\ufe0f\u00ad"}""", "name")]
    [InlineData("""{"name": "\u3164"}""", "name")]
    [InlineData("""{"name": "x", "anything": ["\udb40\udc41"]}""", "anything[0]")]
    public async Task Refuses_text_in_which_nothing_is_to_be_seen(string body, string place) =>
        IsRefusal(await Post(body), HttpStatusCode.BadRequest, "request.invalid-text", place);

    [Theory]
    [InlineData("""{"name": "x", "coupon": 1}""", "coupon", "name, colour, parts, anything, named")]
    [InlineData(
        """{"name": "x", "parts": [{"name": "y", "count": 1, "colour": "red"}]}""",
        "parts[0].colour",
        "name, count"
    )]
    [InlineData(
        """{"name": "x", "named": {"one": {"name": "y", "count": 1, "size": 1}}}""",
        "named.one.size",
        "name, count"
    )]
    [InlineData("""{"name": "x", "hasParts": true}""", "hasParts", "name, colour, parts, anything, named")]
    public async Task Names_members_that_there_are_not_and_those_there_are(string body, string place, string known)
    {
        var answer = await Post(body);

        IsRefusal(answer, HttpStatusCode.BadRequest, "request.unknown-member", place);
        answer.Text.ShouldContain(known);
    }

    [Fact]
    public async Task Names_everything_that_is_wrong_at_once() =>
        (
            await Post(
                """{"name": "x", "coupon": 1, "colour": "green", "parts": [{"name": "\u0000", "size": 1, "count": 1}]}"""
            )
        ).Places.ShouldBe(["coupon", "colour", "parts[0].name", "parts[0].size"]);

    [Theory]
    [InlineData(
        """{"Name": "x", "COLOUR": "darkBlue", "anything": {"any": ["thing"]}, "named": {"one": {"name": "y", "count": 1}}}"""
    )]
    [InlineData("""{"name": "whole \ud83d\ude00", "colour": "DARKBLUE"}""")]
    [InlineData("""{"name": "", "anything": [" ", "\u2764\ufe0f", "\u0915\u094d\u200d"]}""")]
    public async Task Takes_what_the_serializer_takes(string body) =>
        (await Post(body)).Status.ShouldBe(HttpStatusCode.OK);

    [Theory]
    [InlineData("""{"name": "x", "name": "y"}""", "name")]
    [InlineData("""{"name": "x", "Name": "y"}""", "Name")]
    [InlineData("""{"name": "x", "anything": {"twice": 1, "twice": 2}}""", "anything.twice")]
    [InlineData("""{"name": "x", "anything": [{"one": {"two": 1, "tw\u006f": 2}}]}""", "anything[0].one.two")]
    [InlineData("""{"name": "x", "parts": [{"name": "y", "count": 1, "Count": 2}]}""", "parts[0].Count")]
    [InlineData("""{"name": "x", "named": {"one": null, "one": null}}""", "named.one")]
    public async Task Refuses_members_that_are_given_twice(string body, string place)
    {
        var answer = await Post(body);

        IsRefusal(answer, HttpStatusCode.BadRequest, "request.invalid-json", place);
        answer.Text.ShouldContain("is given more than once");
    }

    [Fact]
    public async Task Names_the_values_of_an_enumeration()
    {
        var ofBody = await Post("""{"name": "x", "colour": "green"}""");
        var ofQuery = await Get("/things?colour=1");

        IsRefusal(ofBody, HttpStatusCode.BadRequest, "request.unknown-value", "colour");
        IsRefusal(ofQuery, HttpStatusCode.BadRequest, "request.unknown-value", "colour");
        ofBody.Text.ShouldContain("one of red, darkBlue");
        ofQuery.Text.ShouldContain("one of red, darkBlue");
        (await Get("/things?colour=DarkBlue")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Names_parameters_that_there_are_not_and_those_there_are()
    {
        var answer = await Get("/things?naem=x&limit=1");

        IsRefusal(answer, HttpStatusCode.BadRequest, "request.unknown-parameter", "naem");
        answer.Text.ShouldContain("name, limit, after, colour");
        (await Get("/things?Name=x&LIMIT=1")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Says_that_a_parameter_or_member_has_no_name()
    {
        var ofQuery = await Get("/things?=x");
        var ofBody = await Post("""{"name": "x", "parts": [{"name": "y", "count": 1, "": 1}]}""");

        IsRefusal(ofQuery, HttpStatusCode.BadRequest, "request.unknown-parameter", "(without a name)");
        ofQuery.Text.ShouldContain("The query has a parameter without a name");
        IsRefusal(ofBody, HttpStatusCode.BadRequest, "request.unknown-member", "parts[0].(without a name)");
        (await Get("/things?=%FF")).Text.ShouldNotContain("The body");
    }

    [Fact]
    public async Task Refuses_a_parameter_that_is_given_twice() =>
        IsRefusal(await Get("/things?name=x&name=y"), HttpStatusCode.BadRequest, "request.invalid-parameter", "name");

    [Theory]
    [InlineData("/things?limit=abc", "limit", "a whole number from 1 to 50")]
    [InlineData("/things?limit=99999999999", "limit", "a whole number from 1 to 50")]
    [InlineData("/things?after=abc", "after", "a UUID such as")]
    public async Task Says_what_a_parameter_has_to_be(string address, string place, string expected)
    {
        var answer = await Get(address);

        IsRefusal(answer, HttpStatusCode.BadRequest, "request.invalid-parameter", place);
        answer.Text.ShouldContain(expected);
    }

    [Fact]
    public async Task Refuses_members_where_no_body_is_taken()
    {
        IsRefusal(
            await Post("""{"hard": true}""", address: "/things/x/touch"),
            HttpStatusCode.BadRequest,
            "request.unknown-member",
            "hard"
        );
        (await Post("{}", address: "/things/x/touch")).Status.ShouldBe(HttpStatusCode.OK);
        (await Send(new(HttpMethod.Post, "/things/x/touch"))).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("application/json; charset=UTF-8")]
    [InlineData("application/json; charset=\"utf-8\"")]
    [InlineData("application/json; charset=utf8")]
    [InlineData("application/json; charset=csUTF8")]
    [InlineData("application/json; charset=\"ut\\f-8\"")]
    [InlineData("application/json; charset=\"\\U\\T\\F\\-\\8\"")]
    [InlineData("Application/JSON; Charset=\"Utf-8\"; version=1")]
    public async Task Takes_utf8_however_it_is_written(string contentType) =>
        (await Post("""{"name": "größer"}""", contentType)).Text.ShouldContain("größer");

    [Theory]
    [InlineData("application/json; charset=windows-1252")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("application/json; charset=iso-8859-1")]
    [InlineData("application/json; charset=unheard-of")]
    [InlineData("application/json; charset=")]
    [InlineData("application/json; charset=\"\"")]
    [InlineData("application/json; charset=\"utf\\-16\"")]
    [InlineData("application/json; charset=utf-8; charset=utf-16")]
    public async Task Refuses_other_encodings(string contentType)
    {
        var answer = await Post("""{"name": "x"}""", contentType);

        answer.Status.ShouldBe(HttpStatusCode.UnsupportedMediaType, answer.Text);
        answer.Code.ShouldNotBeNull();
    }

    private Task<Seen> Get(string address) => Send(new(HttpMethod.Get, address));

    private Task<Seen> Post(string body, string contentType = "application/json", string address = "/things")
    {
        ByteArrayContent content = new(Encoding.UTF8.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        return Send(new(HttpMethod.Post, address) { Content = content });
    }

    private async Task<Seen> Send(HttpRequestMessage request)
    {
        using HttpClient client = new() { BaseAddress = app.Address };
        using (request)
        {
            using var response = await client.SendAsync(request, Cancellation);
            var text = await response.Content.ReadAsStringAsync(Cancellation);
            var body = text.StartsWith((char)0x7b) ? JsonNode.Parse(text) : null;
            return new(
                response.StatusCode,
                (string?)body?["code"],
                [.. (body?["errors"] as JsonObject)?.Select(error => error.Key) ?? []],
                text,
                response.Headers
            );
        }
    }

    private static void IsRefusal(Seen answer, HttpStatusCode status, string code, string place)
    {
        answer.Status.ShouldBe(status, answer.Text);
        answer.Code.ShouldBe(code, answer.Text);
        answer.Places.ShouldBe([place], answer.Text);
    }

    private sealed record Seen(
        HttpStatusCode Status,
        string? Code,
        IReadOnlyList<string> Places,
        string Text,
        HttpResponseHeaders Headers
    );
}
