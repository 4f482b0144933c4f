using System.Globalization;
using BuildingBlocks.Application;
using Users.Contracts;

namespace Users.Domain;

/// <summary>
/// Somebody who can sign in, with their profile. What proves it is them stands apart in <see cref="Credential"/>.
/// </summary>
internal sealed class Account
{
    public const int MaxEmailLength = 254;
    public const int MaxNameLength = 100;

    private Account() { }

    public Guid Id { get; private set; }

    /// <summary>As typed, trimmed.</summary>
    public string Email { get; private set; } = "";

    /// <summary>What is unique: the address regardless of case.</summary>
    public string NormalizedEmail { get; private set; } = "";

    public string Name { get; private set; } = "";

    /// <summary>One of <see cref="Roles.All"/>.</summary>
    public string Role { get; private set; } = Roles.User;

    public DateTimeOffset RegisteredAt { get; private set; }

    /// <param name="id">A new one, except for the demo accounts.</param>
    /// <param name="email">Valid by <see cref="IsEmail"/>.</param>
    /// <param name="name">1 to 100 characters.</param>
    /// <param name="role">One of <see cref="Roles.All"/>; a sign-up is a user.</param>
    /// <param name="now">UTC.</param>
    public static Account Register(Guid id, string email, string name, string role, DateTimeOffset now)
    {
        Account account = new()
        {
            Id = id,
            Name = name.Trim(),
            Role = role,
            RegisteredAt = now,
        };
        account.SetEmail(email);
        return account;
    }

    /// <summary>The same for every spelling of one address, whatever its case.</summary>
    public static string Normalize(string email) => email.Trim().ToLowerInvariant();

    /// <summary>
    /// Tells an address from a slip of the pen: one @ with something before and a domain behind it, and nothing
    /// invisible. Whether mail arrives there nobody can tell from looking at it.
    /// </summary>
    public static bool IsEmail(string? email)
    {
        if (email?.Trim() is not { Length: > 0 and <= MaxEmailLength } address || address.Any(IsInvisible))
        {
            return false;
        }

        var at = address.IndexOf('@', StringComparison.Ordinal);
        return at > 0
            && at == address.LastIndexOf('@')
            && address[(at + 1)..]
                .Split('.')
                .All(label => label.Length > 0 && !label.StartsWith('-') && !label.EndsWith('-'));
    }

    /// <summary>False when that was the name already.</summary>
    public bool Rename(string name)
    {
        var changed = !string.Equals(Name, name.Trim(), StringComparison.Ordinal);
        Name = name.Trim();
        return changed;
    }

    /// <summary>Another address. No event tells of it: only the configured demo accounts ever change theirs.</summary>
    public void SetEmail(string email) => (Email, NormalizedEmail) = (email.Trim(), Normalize(email));

    /// <summary>Gives the account another role, unless nobody would be left who can give it back.</summary>
    /// <param name="role">One of <see cref="Roles.All"/>.</param>
    /// <param name="otherAdmins">How many admins there are beside this account; the caller keeps them from changing
    /// meanwhile.</param>
    public Result ChangeRole(string role, int otherAdmins)
    {
        if (IsAdmin(Role) && !IsAdmin(role) && otherAdmins == 0)
        {
            return AccountErrors.LastAdmin;
        }

        Role = role;
        return Result.Done;
    }

    public UserRegisteredV1 ToRegisteredV1() => new(Id, Email, Name, Role);

    public UserProfileUpdatedV1 ToProfileUpdatedV1() => new(Id, Name);

    public UserRoleChangedV1 ToRoleChangedV1(string previousRole) => new(Id, Role, previousRole);

    private static bool IsInvisible(char c) =>
        char.IsControl(c) || char.IsWhiteSpace(c) || char.GetUnicodeCategory(c) == UnicodeCategory.Format;

    private static bool IsAdmin(string role) => string.Equals(role, Roles.Admin, StringComparison.Ordinal);
}
