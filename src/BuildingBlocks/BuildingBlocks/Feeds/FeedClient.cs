using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using BuildingBlocks.EventLog.Feeds;

namespace BuildingBlocks.Feeds;

/// <summary>Asks the Hosts of modules that run elsewhere. Thread-safe.</summary>
internal sealed class FeedClient : IDisposable
{
    /// <summary>An answer that is larger, uncompressed, is refused; one event may make it so.</summary>
    public const int LargestAnswer = 64 * 1024 * 1024;

    // Beyond what the question waits for.
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(30);

    private readonly FeedsOptions feeds;
    private readonly FeedTokens tokens;
    private readonly HttpClient http;

    /// <param name="feeds">Say where each module runs.</param>
    /// <param name="tokens">By which this Host is known there.</param>
    /// <param name="handler">Sends the requests; the ordinary one when left out.</param>
    public FeedClient(FeedsOptions feeds, FeedTokens tokens, HttpMessageHandler? handler = null)
    {
        (this.feeds, this.tokens) = (feeds, tokens);
        http = new(
            handler
                ?? new SocketsHttpHandler
                {
                    AutomaticDecompression = DecompressionMethods.All,
                    AllowAutoRedirect = false,
                    ConnectTimeout = TimeSpan.FromSeconds(5),
                    PooledConnectionLifetime = TimeSpan.FromMinutes(5),
                }
        )
        {
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = LargestAnswer,
        };
    }

    /// <summary>Asks once.</summary>
    /// <exception cref="FeedRefusedException">The other Host refuses, or answers what is no feed.</exception>
    /// <exception cref="FeedPrunedException">What was asked for is no longer kept there.</exception>
    /// <exception cref="HttpRequestException">The other Host cannot be reached at the moment.</exception>
    /// <exception cref="TimeoutException">It takes too long.</exception>
    public async Task<FeedAnswer> AskAsync(FeedQuestion question, CancellationToken cancellationToken)
    {
        var source = feeds.Sources[question.Module];
        using HttpRequestMessage request = new(HttpMethod.Get, AddressOf(source.Uri!, question));
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Bearer",
            tokens.Issue(source.Audience!, question.Module)
        );
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(question.Wait + TimeLimit);
        try
        {
            using var response = await http.SendAsync(request, limit.Token);
            var body = await response.Content.ReadAsByteArrayAsync(limit.Token);
            return response.StatusCode == HttpStatusCode.OK
                ? FeedJson.Read(body)
                : throw Refusal(question.Module, source.Uri!, response.StatusCode, body);
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException(
                $"{source.Uri} has not answered for the feed of {question.Module} within "
                    + $"{(question.Wait + TimeLimit).TotalSeconds.ToString(CultureInfo.InvariantCulture)} s.",
                late
            );
        }
        catch (HttpRequestException large) when (large.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw new FeedRefusedException(
                $"The feed of {question.Module} answered more than {LargestAnswer / 1024 / 1024} MiB after event "
                    + $"{question.After}. Nothing was appended. Look at the payload of that event where the module "
                    + "runs, and at whether Feeds:Sources names that Host.",
                large
            );
        }
        catch (JsonException malformed)
        {
            throw new FeedRefusedException(
                $"What {source.Uri} answered for the feed of {question.Module} is no feed: {malformed.Message} Nothing "
                    + $"was appended. Feeds:Sources:{question.Module}:Uri must name the Host that the module runs in, "
                    + "and nothing between may change its answers.",
                malformed
            );
        }
    }

    public void Dispose() => http.Dispose();

    private static Uri AddressOf(Uri host, FeedQuestion question)
    {
        var last = question.Last is { } id ? $"&last={id}" : "";
        var path = string.Create(
            CultureInfo.InvariantCulture,
            $"feeds/{question.Module}?after={question.After}&limit={question.Limit}&wait={question.Wait.TotalSeconds}"
        );
        return new(
            new Uri(host.AbsoluteUri.TrimEnd('/') + "/"),
            $"{path}&types={Uri.EscapeDataString(string.Join(',', question.Types))}{last}"
        );
    }

    private static Exception Refusal(string module, Uri host, HttpStatusCode status, byte[] body)
    {
        Problem? problem = null;
        try
        {
            problem = JsonSerializer.Deserialize<Problem>(body, JsonSerializerOptions.Web);
        }
        catch (JsonException)
        {
            // Not one of our Hosts; the status has to do.
        }

        var said = string.Create(
            CultureInfo.InvariantCulture,
            $"{host} refuses the feed of {module} ({(int)status}): {problem?.Detail ?? "no reason given."}"
        );
        return status switch
        {
            HttpStatusCode.Gone when problem?.Oldest is { } oldest => new FeedPrunedException(said, oldest),
            HttpStatusCode.NotFound when problem?.Detail is null or { Length: 0 } => new FeedRefusedException(
                $"{said} Feeds:Sources:{module}:Uri must name the Host that the module runs in."
            ),
            >= HttpStatusCode.InternalServerError => new HttpRequestException(said, inner: null, status),
            _ => new FeedRefusedException(said),
        };
    }

    private sealed record Problem(string? Detail, long? Oldest);
}
