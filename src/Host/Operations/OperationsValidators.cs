using System.Text.Json;
using BuildingBlocks.EventLog.Parking;
using BuildingBlocks.EventLog.Subscriptions;
using BuildingBlocks.Operations;
using FluentValidation;

namespace Host.Operations;

/// <summary>What every call of an operator has to say.</summary>
internal static class OperationsValidators
{
    public static void AddOperations(this WebApplicationBuilder builder) =>
        builder
            .Services.AddTransient<IValidator<DiscardReason>, DiscardReasonValidator>()
            .AddTransient<IValidator<SubscriptionPause>, SubscriptionPauseValidator>()
            .AddTransient<IValidator<SubscriptionResumption>, SubscriptionResumptionValidator>()
            .AddTransient<IValidator<LaneChange>, LaneChangeValidator>()
            .AddTransient<IValidator<ParkedEventEdit>, ParkedEventEditValidator>()
            .AddTransient<IValidator<RetryMany>, RetryManyValidator>()
            .AddTransient<IValidator<DiscardMany>, DiscardManyValidator>();

    public static void Reason<T>(this IRuleBuilder<T, string> rule) =>
        rule.Must(OperatorReason.IsGiven)
            .WithErrorCode("operations.reason-required")
            .WithMessage($"Say why, in 1 to {OperatorReason.Longest} characters.");

    public static void Filter<T>(this IRuleBuilder<T, ParkedEventFilter> rule) =>
        rule.Must(filter => filter is { IsEmpty: false })
            .WithErrorCode("operations.bad-filter")
            .WithMessage(
                "Say which events: give at least one of subscription, source, eventType, key, status and errorContains."
            );

    public static void Source<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Must(source => source is null or { Length: > 0 }).WithMessage("Name a module, or leave it out for all.");
}

internal sealed class DiscardReasonValidator : AbstractValidator<DiscardReason>
{
    public DiscardReasonValidator() => RuleFor(body => body.Reason).Reason();
}

internal sealed class SubscriptionPauseValidator : AbstractValidator<SubscriptionPause>
{
    public SubscriptionPauseValidator()
    {
        RuleFor(body => body.Source).Source();
        RuleFor(body => body.Reason).Reason();
    }
}

internal sealed class SubscriptionResumptionValidator : AbstractValidator<SubscriptionResumption>
{
    public SubscriptionResumptionValidator() => RuleFor(body => body.Source).Source();
}

internal sealed class LaneChangeValidator : AbstractValidator<LaneChange>
{
    public LaneChangeValidator()
    {
        RuleFor(body => body.Source).Source();
        RuleFor(body => body.Lanes)
            .InclusiveBetween(1, Lane.Most)
            .WithErrorCode("operations.bad-lanes")
            .WithMessage($"A subscription has 1 to {Lane.Most} lanes.");
    }
}

internal sealed class ParkedEventEditValidator : AbstractValidator<ParkedEventEdit>
{
    public ParkedEventEditValidator()
    {
        RuleFor(body => body.Payload)
            .Must(payload => payload.ValueKind != JsonValueKind.Undefined)
            .WithErrorCode("operations.bad-payload")
            .WithMessage("Give the payload that is to be tried instead.");
        RuleFor(body => body.Reason).Reason();
    }
}

internal sealed class RetryManyValidator : AbstractValidator<RetryMany>
{
    public RetryManyValidator()
    {
        RuleFor(body => body.Filter).Filter();
        RuleFor(body => body.PerSecond)
            .InclusiveBetween(1, ParkedEventOperations.FastestRetry)
            .WithErrorCode("operations.bad-rate")
            .WithMessage($"Events are tried at 1 to {ParkedEventOperations.FastestRetry} a second.");
    }
}

internal sealed class DiscardManyValidator : AbstractValidator<DiscardMany>
{
    public DiscardManyValidator()
    {
        RuleFor(body => body.Filter).Filter();
        RuleFor(body => body.Reason).Reason();
    }
}
