using BuildingBlocks.Application;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace BuildingBlocks.Web;

/// <summary>
/// The one place where refusals become problem details: a stable <c>code</c>, and <c>errors</c> by field path where a
/// field is to blame.
/// </summary>
public static class Problems
{
    /// <summary>The HTTP answer to a refusal.</summary>
    public static ProblemHttpResult From(Error error) => TypedResults.Problem(DetailsOf(error));

    /// <summary>The body of the HTTP answer to a refusal.</summary>
    public static ProblemDetails DetailsOf(Error error)
    {
        var (status, title) = error.Kind switch
        {
            ErrorKind.Invalid => (StatusCodes.Status400BadRequest, "The request is invalid"),
            ErrorKind.Unauthenticated => (StatusCodes.Status401Unauthorized, "Sign in first"),
            ErrorKind.Forbidden => (StatusCodes.Status403Forbidden, "Not allowed"),
            ErrorKind.NotFound => (StatusCodes.Status404NotFound, "Not found"),
            ErrorKind.Conflict => (StatusCodes.Status409Conflict, "In conflict with the present state"),
            ErrorKind.Unprocessable => (StatusCodes.Status422UnprocessableEntity, "Cannot be done"),
            ErrorKind.Unavailable => (StatusCodes.Status503ServiceUnavailable, "Not available now"),
            _ => throw new ArgumentOutOfRangeException(
                nameof(error),
                error.Kind,
                "This kind of error has no HTTP status."
            ),
        };

        return Details(status, title, error);
    }

    /// <summary>Problem details for a status that the web server decided on.</summary>
    public static ProblemDetails Details(int status, string title, Error error)
    {
        ProblemDetails problem = new()
        {
            Type = $"urn:problem:{error.Code}",
            Title = title,
            Status = status,
            Detail = error.Detail,
            Extensions = { ["code"] = error.Code },
        };
        if (error.Fields.Count > 0)
        {
            problem.Extensions["errors"] = error.Fields;
        }

        return problem;
    }
}
