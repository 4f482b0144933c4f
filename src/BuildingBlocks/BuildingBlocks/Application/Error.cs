namespace BuildingBlocks.Application;

/// <summary>Why a request was refused. Refusals are expected; bugs and broken infrastructure are exceptions.</summary>
/// <param name="Kind">What sort of refusal it is; decides the HTTP status.</param>
/// <param name="Code">Stable and machine-readable, <c>module.kebab-case</c>; never changes once published.</param>
/// <param name="Detail">For a person: what is wrong and what to do about it. Holds no secret and nothing of other
/// customers.</param>
public sealed record Error(ErrorKind Kind, string Code, string Detail)
{
    /// <summary>
    /// What is wrong with single fields of the request, by camel-case path such as <c>items[0].quantity</c>; empty when
    /// no field is to blame.
    /// </summary>
    public IReadOnlyDictionary<string, string[]> Fields { get; init; } =
        new Dictionary<string, string[]>(StringComparer.Ordinal);

    /// <summary>The request itself is malformed (400).</summary>
    public static Error Invalid(string code, string detail) => new(ErrorKind.Invalid, code, detail);

    /// <summary>The caller did not prove who they are (401).</summary>
    public static Error Unauthenticated(string code, string detail) => new(ErrorKind.Unauthenticated, code, detail);

    /// <summary>The caller may not do this (403).</summary>
    public static Error Forbidden(string code, string detail) => new(ErrorKind.Forbidden, code, detail);

    /// <summary>What the address names does not exist, or not for this caller (404).</summary>
    public static Error NotFound(string code, string detail) => new(ErrorKind.NotFound, code, detail);

    /// <summary>The request contradicts the present state (409).</summary>
    public static Error Conflict(string code, string detail) => new(ErrorKind.Conflict, code, detail);

    /// <summary>The request is well formed but asks for something that cannot be (422).</summary>
    public static Error Unprocessable(string code, string detail) => new(ErrorKind.Unprocessable, code, detail);

    /// <summary>It may work later (503).</summary>
    public static Error Unavailable(string code, string detail) => new(ErrorKind.Unavailable, code, detail);

    /// <summary>The same refusal, blaming one field of the request.</summary>
    /// <param name="path">Camel-case path such as <c>items[0].sku</c>.</param>
    public Error At(string path) =>
        this with
        {
            Fields = new Dictionary<string, string[]>(StringComparer.Ordinal) { [path] = [Detail] },
        };
}

/// <summary>The sorts of refusal, each with one HTTP status.</summary>
public enum ErrorKind
{
    /// <summary>400.</summary>
    Invalid,

    /// <summary>401.</summary>
    Unauthenticated,

    /// <summary>403.</summary>
    Forbidden,

    /// <summary>404.</summary>
    NotFound,

    /// <summary>409.</summary>
    Conflict,

    /// <summary>422.</summary>
    Unprocessable,

    /// <summary>503.</summary>
    Unavailable,
}
