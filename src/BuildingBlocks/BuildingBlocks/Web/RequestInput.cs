using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace BuildingBlocks.Web;

/// <summary>
/// Receives all of a request before its endpoint reads any of it, within the time limit of requests, and refuses what
/// the endpoint would pass over or the database could not take: parameters and members that there are not, other values
/// than those of an enumeration, text that cannot be stored, other encodings than UTF-8. Everything that is wrong is
/// named at once, with its place.
/// </summary>
internal sealed class RequestInput(
    RequestDelegate next, IOptions<JsonOptions> json, IHostApplicationLifetime lifetime, IOptions<HostOptions> host)
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
        expected.CheckQuery(context.Request.Query, faults);
        if (expected.BindsBody && context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true })
        {
            if (!IsUtf8(context.Request))
            {
                await TypedResults.Problem(HttpErrors.UnsupportedCharset).ExecuteAsync(context);
                return;
            }

            await CheckBodyAsync(context, expected, faults);
        }

        await (faults.Refusal is { } refusal ? Problems.From(refusal).ExecuteAsync(context) : next(context));
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

    // Its name may be written in any case, in quotation marks, and without the hyphen.
    private static bool IsUtf8(HttpRequest request) =>
        !MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        || type.Parameters
            .Where(parameter => parameter.Name.Equals("charset", StringComparison.OrdinalIgnoreCase))
            .Select(charset => HeaderUtilities.RemoveQuotes(charset.Value).ToString())
            .All(name => name.ToUpperInvariant() is "UTF-8" or "UTF8");

    private async Task CheckBodyAsync(HttpContext context, EndpointInput expected, InputFaults faults)
    {
        var request = context.Request;
        if (request.HasJsonContentType())
        {
            var body = await ReceiveAsync(context);
            new JsonBody(json.Value.SerializerOptions).Check(body, expected.BodyType, faults);
            request.Body = new MemoryStream(body, writable: false);
            // The endpoint would look the encoding up under the name that was given.
            request.ContentType = MediaTypeHeaderValue.Parse(request.ContentType).MediaType.Value;
        }
        else if (request.HasFormContentType && expected.TakesForm)
        {
            foreach (var (name, values) in await request.ReadFormAsync(context.RequestAborted))
            {
                faults.CheckTexts(name, values);
            }
        }
    }

    private async Task<byte[]> ReceiveAsync(HttpContext context)
    {
        var source = context.Request.BodyReader;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        // Who still sends while the Host stops has half of the time that requests may take to finish.
        await using var stopping = lifetime.ApplicationStopping.Register(() =>
            patience.CancelAfter(host.Value.ShutdownTimeout / 2));
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
        }
        while (!result.IsCompleted);
        return received.ToArray();
    }

    private static Exception BrokenOff(HttpContext context, CancellationToken patience) =>
        context.Features.Get<IHttpRequestTimeoutFeature>() is { RequestTimeoutToken.IsCancellationRequested: true }
            ? new BadHttpRequestException("The body did not arrive in time.", StatusCodes.Status408RequestTimeout)
            : new OperationCanceledException(patience);
}
