using BuildingBlocks.EventLog.Events;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace BuildingBlocks.Web;

/// <summary>
/// Ties everything that follows from a request together: the caller may name the correlation, is told it, and after a
/// command also the <c>Consistency-Token</c> with which a read waits for that command's events.
/// </summary>
internal sealed class RequestCorrelation(RequestDelegate next, ILogger<RequestCorrelation> logger)
{
    public const string IdHeader = "X-Correlation-Id";
    public const string TokenHeader = "Consistency-Token";
    private const int MaxLength = 100;

    public async Task InvokeAsync(HttpContext context)
    {
        var given = context.Request.Headers[IdHeader].ToString();
        var correlation = Correlation.Begin(IsAcceptable(given) ? given : Guid.CreateVersion7().ToString());
        context.Response.OnStarting(() =>
        {
            context.Response.Headers[IdHeader] = correlation.Id;
            if (correlation.ConsistencyToken is { } token)
            {
                context.Response.Headers[TokenHeader] = token;
            }

            return Task.CompletedTask;
        });

        using (logger.BeginScope(new KeyValuePair<string, object>[] { new("CorrelationId", correlation.Id) }))
        {
            await next(context);
        }
    }

    // It ends up in logs, rows and answers, so it must not carry anything that means something there.
    private static bool IsAcceptable(string id) =>
        id.Length is > 0 and <= MaxLength && id.All(character => character is > ' ' and <= '~');
}
