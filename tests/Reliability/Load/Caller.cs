using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Reliability.Running;

namespace Reliability.Load;

/// <param name="Status">0 when there was no answer.</param>
internal sealed record Answer(int Status, JsonNode? Body, int Host, string Text)
{
    public Outcome Outcome =>
        Status switch
        {
            >= 200 and < 300 => Outcome.Acknowledged,
            (int)HttpStatusCode.Unauthorized
            or (int)HttpStatusCode.RequestTimeout
            or (int)HttpStatusCode.TooManyRequests => Outcome.Unknown,
            >= 400 and < 500 => Outcome.Refused,
            _ => Outcome.Unknown,
        };

    public string? Code => Body is JsonObject ? (string?)Body["code"] : null;
}

/// <summary>
/// Calls any Host that is up, as the demo customer or the admin, and never throws because of what is done to it.
/// </summary>
internal sealed class Caller(Fleet fleet) : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(25);
    private static readonly JsonSerializerOptions Json = JsonSerializerOptions.Web;

    private readonly HttpClient http = new(
        new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromSeconds(3),
            PooledConnectionLifetime = TimeSpan.FromSeconds(20),
        }
    )
    {
        Timeout = Limit,
    };
    private readonly ConcurrentDictionary<(int Slot, bool Admin), string> tokens = [];

    public async Task<Answer> SendAsync(
        Random random,
        bool asAdmin,
        HttpMethod method,
        string path,
        object? body,
        string? idempotencyKey = null
    )
    {
        if (fleet.Up is not { Count: > 0 } up || up[random.Next(up.Count)] is not { Address: { } address } slot)
        {
            await Task.Delay(100);
            return new(0, null, -1, "no Host is up");
        }

        try
        {
            var answer = await SendAsync(slot, address, asAdmin, method, path, body, idempotencyKey);
            if (answer.Status == (int)HttpStatusCode.Unauthorized)
            {
                // It ran out, by this Host's clock.
                tokens.TryRemove((slot.Number, asAdmin), out _);
                answer = await SendAsync(slot, address, asAdmin, method, path, body, idempotencyKey);
            }

            return answer;
        }
        catch (Exception broken)
            when (broken is HttpRequestException or OperationCanceledException or IOException or JsonException)
        {
            return new(0, null, slot.Number, broken.Message);
        }
    }

    public void Dispose() => http.Dispose();

    private async Task<Answer> SendAsync(
        Slot slot,
        Uri address,
        bool asAdmin,
        HttpMethod method,
        string path,
        object? body,
        string? idempotencyKey
    )
    {
        if (!tokens.TryGetValue((slot.Number, asAdmin), out var token))
        {
            var signIn = await SendAsync(
                slot,
                address,
                token: null,
                HttpMethod.Post,
                "/users/login",
                asAdmin
                    ? new { email = "admin@example.com", password = Installation.AdminPassword }
                    : new { email = "customer@example.com", password = Installation.CustomerPassword }
            );
            if (signIn.Status != (int)HttpStatusCode.OK)
            {
                return signIn with { Status = 0 };
            }

            tokens[(slot.Number, asAdmin)] = token = (string)signIn.Body!["accessToken"]!;
        }

        return await SendAsync(slot, address, token, method, path, body, idempotencyKey);
    }

    private async Task<Answer> SendAsync(
        Slot slot,
        Uri address,
        string? token,
        HttpMethod method,
        string path,
        object? body,
        string? idempotencyKey = null
    )
    {
        using HttpRequestMessage request = new(method, new Uri(address, path))
        {
            Content = body is null ? null : JsonContent.Create(body, options: Json),
        };
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        var isJson = response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal)
            ?? false;
        return new(
            (int)response.StatusCode,
            isJson && text.Length > 0 ? JsonNode.Parse(text) : null,
            slot.Number,
            text
        );
    }
}
