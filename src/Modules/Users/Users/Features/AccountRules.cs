using FluentValidation;
using Users.Domain;

namespace Users.Features;

/// <summary>What several requests demand of the same fields.</summary>
internal static class AccountRules
{
    public static string PasswordRule { get; } =
        $"must have {Credential.MinPasswordLength} to {Credential.MaxPasswordLength} characters";

    public static string EmailRule { get; } =
        $"must be an e-mail address such as ada@example.com of at most {Account.MaxEmailLength} characters";

    public static bool IsPassword(string password) =>
        password.Length is >= Credential.MinPasswordLength and <= Credential.MaxPasswordLength;

    public static void ValidEmail<T>(this IRuleBuilder<T, string> email) =>
        email.Must(Account.IsEmail).WithMessage($"The address {EmailRule}.");

    public static void ValidPassword<T>(this IRuleBuilder<T, string> password) =>
        password.Must(IsPassword).WithMessage($"The password {PasswordRule}.");

    public static void ValidName<T>(this IRuleBuilder<T, string> name) =>
        name.Must(text => text.Trim().Length is >= 1 and <= Account.MaxNameLength && !text.Any(char.IsControl))
            .WithMessage(
                $"The name must have 1 to {Account.MaxNameLength} characters, none of them a control character."
            );
}
