using System.Diagnostics.CodeAnalysis;

namespace BuildingBlocks.Application;

/// <summary>
/// A result that can be made from a refusal; lets a pipeline refuse a request without knowing what it would have
/// answered.
/// </summary>
/// <typeparam name="TSelf">The result type itself.</typeparam>
public interface IRefusable<TSelf>
    where TSelf : IRefusable<TSelf>
{
    /// <summary>The result that says why the request was refused.</summary>
    static abstract TSelf Refused(Error error);

    /// <summary>Why the request was refused, or null when it succeeded.</summary>
    Error? Error { get; }
}

/// <summary>The outcome of something that answers nothing: done, or refused with an <see cref="Error"/>.</summary>
public sealed class Result : IRefusable<Result>
{
    private Result(Error? error) => Error = error;

    /// <summary>It was done.</summary>
    public static Result Done { get; } = new(error: null);

    /// <inheritdoc />
    public Error? Error { get; }

    /// <inheritdoc />
    public static Result Refused(Error error) => new(error);

    /// <summary>True when refused, and then says why.</summary>
    public bool Failed([NotNullWhen(true)] out Error? refusal) => (refusal = Error) is not null;

    /// <summary>A refusal can be returned as it is.</summary>
    [SuppressMessage("Usage", "CA2225", Justification = "Refused is the named alternate.")]
    public static implicit operator Result(Error error) => Refused(error);
}

/// <summary>The outcome of something that answers a <typeparamref name="T"/>: the value, or a refusal.</summary>
/// <typeparam name="T">What is answered on success.</typeparam>
public sealed class Result<T> : IRefusable<Result<T>>
{
    private readonly T? value;

    private Result(T? value, Error? error) => (this.value, Error) = (value, error);

    /// <inheritdoc />
    public Error? Error { get; }

    /// <inheritdoc />
    [SuppressMessage(
        "Design",
        "CA1000",
        Justification = "Demanded by the interface; callers use the implicit conversions."
    )]
    public static Result<T> Refused(Error error) => new(default, error);

    /// <summary>True when refused, and then says why; when false, <paramref name="answer"/> is the value.</summary>
    public bool Failed([NotNullWhen(true)] out Error? refusal, [NotNullWhen(false)] out T? answer)
    {
        refusal = Error;
        answer = value;
        return refusal is not null;
    }

    /// <summary>A value can be returned as it is.</summary>
    [SuppressMessage("Usage", "CA2225", Justification = "Made to be implicit: a handler returns its answer.")]
    public static implicit operator Result<T>(T value) => new(value, error: null);

    /// <summary>A refusal can be returned as it is.</summary>
    [SuppressMessage("Usage", "CA2225", Justification = "Refused is the named alternate.")]
    public static implicit operator Result<T>(Error error) => Refused(error);
}
