using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Host.Tests.Running;

/// <summary>An answer of the Host: its status, its body when that is JSON, its headers.</summary>
public sealed record Answer(
    HttpStatusCode Status,
    JsonNode? Body,
    HttpResponseHeaders Headers,
    string Text,
    string? ContentType
)
{
    public string? Code => (string?)(Body as JsonObject)?["code"];

    public string[] FaultyFields => Body?["errors"] is JsonObject errors ? [.. errors.Select(error => error.Key)] : [];

    /// <summary>The body of an answer that is as expected.</summary>
    public JsonNode Expect(HttpStatusCode status)
    {
        Status.ShouldBe(status, Text);
        return Body ?? new JsonObject();
    }
}

/// <summary>Calls the Host as one caller.</summary>
/// <param name="address">The Host's.</param>
/// <param name="token">The caller's access token; null for a stranger.</param>
/// <param name="hold">Looks at every answer, and throws at one that must not be; null to let all pass.</param>
public sealed class Api(Uri address, string? token = null, Action<HttpMethod, string, Answer>? hold = null)
    : IDisposable
{
    private readonly HttpClient client = new() { BaseAddress = address, Timeout = TimeSpan.FromSeconds(40) };

    /// <summary>The same Host, called by whoever signs in so.</summary>
    public async Task<Api> SignedIn(string email, string password) =>
        new(
            client.BaseAddress!,
            (string)(await Post("/users/login", new { email, password })).Expect(HttpStatusCode.OK)["accessToken"]!,
            hold
        );

    public Task<Answer> Get(string path) => Send(new(HttpMethod.Get, path));

    public Task<Answer> Post(string path, object body, string? idempotencyKey = null)
    {
        HttpRequestMessage request = new(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        return Send(request);
    }

    public Task<Answer> Put(string path, object body) =>
        Send(new(HttpMethod.Put, path) { Content = JsonContent.Create(body) });

    public Task<Answer> PostText(string path, string body, string contentType = "application/json") =>
        Send(new(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, contentType) });

    /// <summary>Asks before it sends the body, as a client does that does not want to send in vain.</summary>
    public Task<Answer> PostOnceWelcome(string path, string body)
    {
        HttpRequestMessage request = new(HttpMethod.Post, path)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.ExpectContinue = true;
        return Send(request);
    }

    public async Task<Answer> Send(HttpRequestMessage request)
    {
        using (request)
        {
            if (token is not null)
            {
                request.Headers.Authorization = new("Bearer", token);
            }

            using var response = await client.SendAsync(request);
            var text = await response.Content.ReadAsStringAsync();
            Answer answer = new(
                response.StatusCode,
                Parse(text),
                response.Headers,
                text,
                response.Content.Headers.ContentType?.MediaType
            );
            hold?.Invoke(request.Method, new Uri(address, request.RequestUri!).AbsolutePath, answer);
            return answer;
        }
    }

    public void Dispose() => client.Dispose();

    private static JsonNode? Parse(string text)
    {
        try
        {
            return text.Length == 0 ? null : JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
