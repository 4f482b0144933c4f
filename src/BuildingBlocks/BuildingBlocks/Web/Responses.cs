using BuildingBlocks.Application;
using MediatR;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BuildingBlocks.Web;

/// <summary>
/// Sends a request and answers it over HTTP; a refusal becomes problem details (RFC 9457), see <see cref="Problems"/>.
/// </summary>
public static class Responses
{
    /// <summary>200 with the answer.</summary>
    public static async Task<Results<Ok<TAnswer>, ProblemHttpResult>> Ok<TAnswer>(
        this Sender sender,
        IRequest<Result<TAnswer>> request,
        CancellationToken cancellationToken
    ) =>
        (await sender.Send(request, cancellationToken)).Failed(out var refusal, out var answer)
            ? Problems.From(refusal)
            : TypedResults.Ok(answer);

    /// <summary>201 with the answer and the address of what was made.</summary>
    public static async Task<Results<Created<TAnswer>, ProblemHttpResult>> Created<TAnswer>(
        this Sender sender,
        IRequest<Result<TAnswer>> request,
        Func<TAnswer, string> location,
        CancellationToken cancellationToken
    ) =>
        (await sender.Send(request, cancellationToken)).Failed(out var refusal, out var answer)
            ? Problems.From(refusal)
            : TypedResults.Created(location(answer), answer);

    /// <summary>202 with the answer and the address where its progress can be read.</summary>
    public static async Task<Results<Accepted<TAnswer>, ProblemHttpResult>> Accepted<TAnswer>(
        this Sender sender,
        IRequest<Result<TAnswer>> request,
        Func<TAnswer, string> location,
        CancellationToken cancellationToken
    ) =>
        (await sender.Send(request, cancellationToken)).Failed(out var refusal, out var answer)
            ? Problems.From(refusal)
            : TypedResults.Accepted(location(answer), answer);

    /// <summary>204.</summary>
    public static async Task<Results<NoContent, ProblemHttpResult>> NoContent(
        this Sender sender,
        IRequest<Result> request,
        CancellationToken cancellationToken
    ) =>
        (await sender.Send(request, cancellationToken)).Failed(out var refusal)
            ? Problems.From(refusal)
            : TypedResults.NoContent();
}
