using FluentValidation;
using FluentValidation.Results;
using MediatR;

namespace BuildingBlocks.Application;

/// <summary>
/// Refuses a request with everything that is wrong with it at once, before its handler sees it. A rule may say under
/// which code (<see cref="RuleRefusals.RefusedAs"/>); it is the refusal's when nothing else is wrong.
/// </summary>
internal sealed class ValidationBehavior<TRequest, TResult>(IEnumerable<IValidator<TRequest>> validators)
    : IPipelineBehavior<TRequest, TResult>
    where TResult : IRefusable<TResult>
{
    public async Task<TResult> Handle(
        TRequest request,
        CancellationToken cancellationToken,
        RequestHandlerDelegate<TResult> next
    )
    {
        List<ValidationFailure> failures = [];
        foreach (var validator in validators)
        {
            failures.AddRange((await validator.ValidateAsync(request, cancellationToken)).Errors);
        }

        return failures.Count == 0 ? await next() : TResult.Refused(RefusalOf(failures));
    }

    private static Error RefusalOf(List<ValidationFailure> failures)
    {
        Dictionary<string, List<string>> faults = new(StringComparer.Ordinal);
        foreach (var failure in failures)
        {
            var path = CamelCase(failure.PropertyName);
            (faults.TryGetValue(path, out var messages) ? messages : faults[path] = []).Add(failure.ErrorMessage);
        }

        var refusal = RequestErrors.Invalid(faults);
        // FluentValidation's own codes are names of its validators, without a dot.
        return
            failures is [{ ErrorCode: { } code, ErrorMessage: var detail }]
            && code.Contains('.', StringComparison.Ordinal)
            ? refusal with
            {
                Code = code,
                Detail = detail,
            }
            : refusal;
    }

    /// <summary>
    /// The path as the JSON request spells it: <c>Items[0].UnitPrice</c> becomes <c>items[0].unitPrice</c>.
    /// </summary>
    private static string CamelCase(string path) =>
        string.Join(
            '.',
            path.Split('.').Select(part => part.Length == 0 ? part : char.ToLowerInvariant(part[0]) + part[1..])
        );
}
