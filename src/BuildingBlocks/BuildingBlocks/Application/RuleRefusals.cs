using FluentValidation;

namespace BuildingBlocks.Application;

/// <summary>Rules of validators that refuse under a code of their own instead of request.invalid.</summary>
public static class RuleRefusals
{
    /// <summary>
    /// Says under which code and with which detail a request is refused when this is all that is wrong with it.
    /// </summary>
    /// <param name="rule">The rule that stands before.</param>
    /// <param name="refusal">Of kind Invalid, for the request is malformed.</param>
    public static IRuleBuilderOptions<T, TProperty> RefusedAs<T, TProperty>(
        this IRuleBuilderOptions<T, TProperty> rule,
        Error refusal
    ) =>
        refusal.Kind == ErrorKind.Invalid
            ? rule.WithErrorCode(refusal.Code).WithMessage(refusal.Detail)
            : throw new ArgumentException(
                $"{refusal.Code} is of kind {refusal.Kind}, but what a validator refuses is {ErrorKind.Invalid}.",
                nameof(refusal)
            );
}
