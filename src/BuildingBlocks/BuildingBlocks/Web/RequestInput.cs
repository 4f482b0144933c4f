using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using ProblemDetails = Microsoft.AspNetCore.Mvc.ProblemDetails;

namespace BuildingBlocks.Web;

/// <summary>
/// Receives all of a request before its endpoint reads any of it, within the time limit of requests, and refuses what
/// the endpoint would pass over or the database could not take: parameters and members that there are not, other values
/// than those of an enumeration, text that cannot be stored or in which nothing is to be seen, other encodings than
/// UTF-8. Everything that is wrong is named at once, with its place.
/// </summary>
internal sealed class RequestInput(
    RequestDelegate next,
    IOptions<JsonOptions> json,
    IHostApplicationLifetime lifetime,
    IOptions<HostOptions> host
)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint() is not RouteEndpoint endpoint)
        {
            await next(context);
            return;
        }

        var expected = EndpointInput.Of(endpoint);
        InputFaults faults = new();
        CheckTexts(context.Request, faults);
        CheckAddress(context, endpoint, faults);
        expected.CheckQuery(context.Request.Query, faults);
        if (expected.BindsBody && context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true })
        {
            if (UnfitType(context.Request, expected) is { } unfit)
            {
                await TypedResults.Problem(unfit).ExecuteAsync(context);
                return;
            }

            await CheckBodyAsync(context, expected, faults);
        }

        await (
            faults.Refusal is not { } refusal ? next(context)
            : expected.GrantsTokens ? TokenEndpoints.RefuseAsync(context, refusal)
            : Problems.From(refusal).ExecuteAsync(context)
        );
    }

    private static void CheckTexts(HttpRequest request, InputFaults faults)
    {
        foreach (var (name, value) in request.RouteValues)
        {
            faults.CheckText(name, value as string);
        }

        foreach (var (name, values) in request.Query)
        {
            faults.CheckTexts(name, values);
        }

        foreach (var (name, values) in request.Headers)
        {
            faults.CheckTexts(name, values);
        }
    }

    /// <summary>What the server decodes leniently is looked at as it was sent.</summary>
    private static void CheckAddress(HttpContext context, RouteEndpoint endpoint, InputFaults faults)
    {
        foreach (var name in PercentText.UnreadablePairs(context.Request.QueryString.Value?.TrimStart('?') ?? ""))
        {
            faults.AddUnstorable(InputFaults.Readable(name));
        }

        var path = PathOf(context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "");
        if (PercentText.IsText(path))
        {
            return;
        }

        foreach (var (index, segment) in path.Split('/').Skip(1).Index())
        {
            if (!PercentText.IsText(segment))
            {
                faults.AddUnstorable(NameOf(endpoint.RoutePattern, index));
            }
        }
    }

    /// <summary>The path of a request's target, which may be a whole address.</summary>
    private static string PathOf(string target)
    {
        var path = target.Split('?', 2)[0];
        return
            path.IndexOf("://", StringComparison.Ordinal) is >= 0 and var scheme
            && path.IndexOf('/', scheme + 3) is >= 0 and var begin
            ? path[begin..]
            : path;
    }

    private static string NameOf(RoutePattern pattern, int segment) =>
        pattern
            .PathSegments.ElementAtOrDefault(segment)
            ?.Parts.OfType<RoutePatternParameterPart>()
            .FirstOrDefault()
            ?.Name
        ?? pattern.Parameters.FirstOrDefault(parameter => parameter.IsCatchAll)?.Name
        ?? "path";

    /// <summary>Why the body is none that is taken here, going by its type alone; null when it may be.</summary>
    private static ProblemDetails? UnfitType(HttpRequest request, EndpointInput expected)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type))
        {
            return expected.GrantsTokens ? HttpErrors.UnsupportedForm(expected.FormTypes) : null;
        }

        if (!IsUtf8(type))
        {
            return HttpErrors.UnsupportedCharset;
        }

        return
            (expected.GrantsTokens || (request.HasFormContentType && expected.FormTypes.Count > 0))
            && !expected.FormTypes.Contains(type.MediaType.Value, StringComparer.OrdinalIgnoreCase)
            ? HttpErrors.UnsupportedForm(expected.FormTypes)
            : null;
    }

    // By any of its names (IANA's registry has UTF-8 and csUTF8; many leave the hyphen out), in any case, as a token or
    // as a quoted string, in which any character may have a backslash before it.
    private static bool IsUtf8(MediaTypeHeaderValue type) =>
        CharsetsOf(type)
            .Select(charset => HeaderUtilities.UnescapeAsQuotedString(charset.Value).ToString())
            .All(name => name.ToUpperInvariant() is "UTF-8" or "UTF8" or "CSUTF8");

    private static IEnumerable<NameValueHeaderValue> CharsetsOf(MediaTypeHeaderValue type) =>
        type.Parameters.Where(parameter => parameter.Name.Equals("charset", StringComparison.OrdinalIgnoreCase));

    private async Task CheckBodyAsync(HttpContext context, EndpointInput expected, InputFaults faults)
    {
        var request = context.Request;
        var isJson = request.HasJsonContentType();
        if (!isJson && !(request.HasFormContentType && expected.FormTypes.Count > 0))
        {
            return;
        }

        var body = await ReceiveAsync(context);
        if (expected.TokenForm is { } form && !isJson)
        {
            body = OnlyFieldsOf(form, body);
        }

        request.Body = new MemoryStream(body, writable: false);
        // The endpoint would look the encoding up under the name that was given.
        var type = MediaTypeHeaderValue.Parse(request.ContentType);
        foreach (var charset in CharsetsOf(type).ToArray())
        {
            type.Parameters.Remove(charset);
        }

        request.ContentType = type.ToString();
        if (isJson)
        {
            new JsonBody(json.Value.SerializerOptions).Check(body, expected.BodyType, faults);
        }
        else if (
            type.MediaType.Equals(EndpointInput.UrlEncoded, StringComparison.OrdinalIgnoreCase)
            && PercentText.UnreadablePairs(body).ToArray() is [_, ..] unreadable
        )
        {
            Array.ForEach(unreadable, name => faults.AddUnstorable(InputFaults.Readable(name)));
        }
        else if (!expected.GrantsTokens)
        {
            await CheckFormAsync(request, faults);
        }
    }

    /// <summary>
    /// Clients may send more for tokens, by the RFC; it is taken out unread, for the form's reader would refuse some of
    /// it.
    /// </summary>
    private byte[] OnlyFieldsOf(Type form, byte[] body)
    {
        var known = json
            .Value.SerializerOptions.GetTypeInfo(form)
            .Properties.Select(field => field.Name)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        // A letter for each byte, so that they stay what they were.
        var pairs = Encoding.Latin1.GetString(body).Split('&').Where(pair => known.Contains(PercentText.NameOf(pair)));
        return Encoding.Latin1.GetBytes(string.Join('&', pairs));
    }

    private static async Task CheckFormAsync(HttpRequest request, InputFaults faults)
    {
        try
        {
            foreach (var (name, values) in await request.ReadFormAsync(CancellationToken.None))
            {
                faults.CheckTexts(name, values);
                if (values.Append(name).Any(text => text?.Contains('\uFFFD', StringComparison.Ordinal) is true))
                {
                    // Stands for bytes of a part that are no UTF-8.
                    faults.AddUnstorable(InputFaults.Readable(name));
                }
            }
        }
        catch (Exception unreadable) when (unreadable is InvalidDataException or IOException)
        {
            throw new BadHttpRequestException("The body is no form, or ends before its end.", unreadable);
        }
    }

    private async Task<byte[]> ReceiveAsync(HttpContext context)
    {
        var source = context.Request.BodyReader;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        // Who still sends while the Host stops has half of the time that requests may take to finish.
        await using var stopping = lifetime.ApplicationStopping.Register(() =>
            patience.CancelAfter(host.Value.ShutdownTimeout / 2)
        );
        await using var breakingOff = patience.Token.Register(source.CancelPendingRead);
        using MemoryStream received = new();
        ReadResult result;
        do
        {
            // All that has come is taken at once: a server that stops breaks off reads that leave something behind.
            result = await source.ReadAsync(CancellationToken.None);
            foreach (var piece in result.Buffer)
            {
                received.Write(piece.Span);
            }

            source.AdvanceTo(result.Buffer.End);
            if (result.IsCanceled)
            {
                throw BrokenOff(context, patience.Token);
            }
        } while (!result.IsCompleted);
        return received.ToArray();
    }

    private static Exception BrokenOff(HttpContext context, CancellationToken patience) =>
        context.Features.Get<IHttpRequestTimeoutFeature>() is { RequestTimeoutToken.IsCancellationRequested: true }
            ? new BadHttpRequestException("The body did not arrive in time.", StatusCodes.Status408RequestTimeout)
            : new OperationCanceledException(patience);
}
