using BuildingBlocks.Application;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace BuildingBlocks.Web;

/// <summary>What an endpoint declares that it refuses; an endpoint may have several of these.</summary>
/// <param name="Errors">With details as a caller may see them.</param>
public sealed record DeclaredRefusals(IReadOnlyList<Error> Errors);

/// <summary>What a request to an endpoint consists of, as far as it decides what can be wrong with it.</summary>
/// <param name="HasParameters">It takes something from its address or a header.</param>
/// <param name="HasRoute">Its address has a variable part, so that some addresses of this form are nobody's.</param>
/// <param name="HasBody">It has a JSON body.</param>
/// <param name="HasForm">Its body is a form, whose fields it reads itself.</param>
/// <param name="IsChange">It may change something.</param>
/// <param name="NeedsRole">It is for some roles only.</param>
/// <param name="IsOpen">It is also for callers who are not signed in.</param>
/// <param name="CanSignIn">A module of this Host signs callers in.</param>
public readonly record struct RequestShape(
    bool HasParameters,
    bool HasRoute,
    bool HasBody,
    bool HasForm,
    bool IsChange,
    bool NeedsRole,
    bool IsOpen,
    bool CanSignIn
);

/// <summary>
/// Says with which problems a request can be answered: an endpoint declares its own refusals, and those of the pipeline
/// around it follow from what it takes.
/// </summary>
public static class Refusals
{
    /// <summary>
    /// Declares what the use case refuses, beside what its validator says of single fields. OpenAPI shows it.
    /// </summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="refusals">Those whose details vary are made with examples.</param>
    public static TBuilder Refuses<TBuilder>(this TBuilder endpoint, params Error[] refusals)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new DeclaredRefusals(refusals));

    /// <summary>The problems that the pipeline around every use case answers with.</summary>
    /// <param name="request">What the endpoint takes.</param>
    public static IEnumerable<ProblemDetails> OfPipeline(RequestShape request)
    {
        foreach (var error in ErrorsOf(request))
        {
            yield return Problems.DetailsOf(error);
        }

        foreach (var status in StatusesOf(request))
        {
            yield return HttpErrors.OfStatus(status);
        }

        if (request.HasBody || request.HasForm)
        {
            yield return HttpErrors.UnsupportedCharset;
            yield return HttpErrors.OfStatus(StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static IEnumerable<Error> ErrorsOf(RequestShape request)
    {
        yield return HttpErrors.InvalidText;
        yield return HttpErrors.UnknownParameter;
        if (request.HasParameters || request.HasBody)
        {
            yield return RequestErrors.Invalid(new Dictionary<string, List<string>>(StringComparer.Ordinal));
            yield return HttpErrors.UnknownValue;
        }

        if (request.HasParameters)
        {
            yield return HttpErrors.InvalidParameter;
        }

        if (request.HasBody)
        {
            yield return HttpErrors.InvalidJson;
            yield return HttpErrors.MissingBody;
            yield return HttpErrors.UnknownMember;
        }

        if (!request.IsOpen)
        {
            yield return request.CanSignIn ? HttpErrors.Unauthenticated : HttpErrors.NobodySignsIn;
        }

        if (request.NeedsRole)
        {
            yield return HttpErrors.Forbidden;
        }

        if (request.HasRoute)
        {
            yield return HttpErrors.NotFound;
        }

        if (request.IsChange)
        {
            yield return RequestErrors.ChangedMeanwhile;
        }

        yield return HttpErrors.DatabaseUnavailable;
    }

    private static IEnumerable<int> StatusesOf(RequestShape request)
    {
        if (request.HasBody)
        {
            yield return StatusCodes.Status400BadRequest;
        }

        if (request.HasBody || request.HasForm)
        {
            yield return StatusCodes.Status415UnsupportedMediaType;
            yield return StatusCodes.Status408RequestTimeout;
            yield return StatusCodes.Status413PayloadTooLarge;
        }

        yield return StatusCodes.Status429TooManyRequests;
        yield return StatusCodes.Status500InternalServerError;
        yield return StatusCodes.Status504GatewayTimeout;
    }
}
