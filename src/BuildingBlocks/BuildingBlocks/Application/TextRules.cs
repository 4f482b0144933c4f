using BuildingBlocks.EventLog.Events;
using FluentValidation;

namespace BuildingBlocks.Application;

/// <summary>
/// Rules of validators about text. What comes by HTTP is held against them before; a command of the Host is not, and
/// its text goes into events, which are not published when it is blank.
/// </summary>
public static class TextRules
{
    /// <summary>Text in which something can be seen: more than spaces and characters that are not drawn.</summary>
    public static IRuleBuilderOptions<T, string> Visible<T>(this IRuleBuilder<T, string> rule) =>
        rule.NotEmpty().Must(text => !VisibleText.IsInvisible(text)).WithMessage("'{PropertyName}' must not be blank.");

    /// <summary>Whether something can be seen in a text.</summary>
    public static bool IsVisible(string? text) => !VisibleText.IsBlank(text);
}
