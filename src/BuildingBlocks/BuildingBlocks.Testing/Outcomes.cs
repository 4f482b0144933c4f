using BuildingBlocks.Application;
using Shouldly;

namespace BuildingBlocks.Testing;

/// <summary>Says what should have become of a request.</summary>
public static class Outcomes
{
    /// <summary>It was done; gives what was answered.</summary>
    public static T Succeeded<T>(this Result<T> result) =>
        result.Failed(out var refusal, out var answer)
            ? throw new ShouldAssertException($"Refused: {Describe(refusal)}")
            : answer;

    /// <summary>It was done.</summary>
    public static void Succeeded(this Result result)
    {
        if (result.Failed(out var refusal))
        {
            throw new ShouldAssertException($"Refused: {Describe(refusal)}");
        }
    }

    /// <summary>It was refused with this code; gives the refusal.</summary>
    public static Error RefusedWith<TResult>(this TResult result, string code)
        where TResult : IRefusable<TResult>
    {
        var refusal = result.Error.ShouldNotBeNull($"It was not refused, but should have been as {code}.");
        refusal.Code.ShouldBe(code, Describe(refusal));
        return refusal;
    }

    /// <summary>Its fields were found invalid; gives the paths that were blamed, in alphabetical order.</summary>
    public static IReadOnlyList<string> BlamedFields<TResult>(this TResult result)
        where TResult : IRefusable<TResult> =>
        [.. result.RefusedWith("request.invalid").Fields.Keys.Order(StringComparer.Ordinal)];

    private static string Describe(Error refusal) =>
        $"{refusal.Code}: {refusal.Detail} {string.Join(' ', refusal.Fields.Keys)}";
}
