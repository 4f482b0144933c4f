using FluentValidation;
using MediatR;

namespace BuildingBlocks.Application;

/// <summary>Refuses a request with everything that is wrong with it at once, before its handler sees it.</summary>
internal sealed class ValidationBehavior<TRequest, TResult>(IEnumerable<IValidator<TRequest>> validators) : IPipelineBehavior<TRequest, TResult>
    where TResult : IRefusable<TResult>
{
    public async Task<TResult> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResult> next)
    {
        Dictionary<string, List<string>> faults = new(StringComparer.Ordinal);
        foreach (var validator in validators)
        {
            foreach (var failure in (await validator.ValidateAsync(request, cancellationToken)).Errors)
            {
                var path = CamelCase(failure.PropertyName);
                (faults.TryGetValue(path, out var messages) ? messages : faults[path] = []).Add(failure.ErrorMessage);
            }
        }

        return faults.Count == 0 ? await next() : TResult.Refused(RequestErrors.Invalid(faults));
    }

    /// <summary>The path as the JSON request spells it: <c>Items[0].UnitPrice</c> becomes <c>items[0].unitPrice</c>.</summary>
    private static string CamelCase(string path) =>
        string.Join('.', path.Split('.').Select(part => part.Length == 0 ? part : char.ToLowerInvariant(part[0]) + part[1..]));
}
