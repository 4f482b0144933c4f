using System.Text.Json.Serialization;
using BuildingBlocks.Application;
using BuildingBlocks.Web;
using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Users.Domain;
using Users.Persistence;
using Users.Security;

namespace Users.Features;

/// <summary>Begins a session. An unknown address and a wrong password get one answer, after the same work.</summary>
/// <param name="Email" example="customer@example.com">The account's.</param>
/// <param name="Password" example="the one of the banner">10 to 128 characters.</param>
internal sealed record SignIn(string Email, string Password) : ICommand<SignedIn>
{
    /// <summary>The User-Agent header, shown to the owner beside the session.</summary>
    [JsonIgnore]
    public string? Device { get; init; }

    // A record prints its members, and a log is no place for a password.
    public override string ToString() => nameof(SignIn);
}

/// <param name="AccessToken">To be sent as <c>Authorization: Bearer</c>; opaque.</param>
/// <param name="RefreshToken">Good for one POST /users/refresh.</param>
/// <param name="ExpiresIn">Seconds until the access token stops working.</param>
internal sealed record SignedIn(string AccessToken, string RefreshToken, int ExpiresIn)
{
    public override string ToString() => nameof(SignedIn);
}

internal sealed class SignInValidator : AbstractValidator<SignIn>
{
    public SignInValidator()
    {
        RuleFor(request => request.Email).NotEmpty().MaximumLength(Account.MaxEmailLength);
        RuleFor(request => request.Password).NotEmpty().MaximumLength(Credential.MaxPasswordLength);
    }
}

internal sealed class SignInHandler(
    UsersDbContext db,
    Passwords passwords,
    AccessTokens accessTokens,
    IOptions<UsersOptions> options,
    TimeProvider clock
) : ICommandHandler<SignIn, SignedIn>
{
    public async Task<Result<SignedIn>> Handle(SignIn command, CancellationToken cancellationToken)
    {
        var email = Account.Normalize(command.Email);
        var known = await (
            from account in db.Accounts
            join credential in db.Credentials on account.Id equals credential.AccountId
            where account.NormalizedEmail == email
            select new
            {
                account.Id,
                account.Role,
                Credential = credential,
            }
        )
            .AsNoTracking()
            .SingleOrDefaultAsync(cancellationToken);

        if (known?.Credential.RefuseWhileLocked(clock.GetUtcNow()).Failed(out var locked) == true)
        {
            return locked;
        }

        // Hashing takes long, so nothing is locked meanwhile; the outcome is counted in the transaction below.
        var verified = passwords.Verify(known?.Credential.PasswordHash, command.Password);
        if (known is null)
        {
            return AccountErrors.SignInFailed;
        }

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var outcome = await Attempt(known.Credential, verified, command.Password, cancellationToken);
        var answer = outcome.Failed(out var refusal)
            ? Result<SignedIn>.Refused(refusal)
            : await Begin(known.Id, known.Role, command.Device, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return answer;
    }

    private async Task<Result> Attempt(
        Credential seen,
        PasswordVerificationResult verified,
        string password,
        CancellationToken cancellationToken
    )
    {
        var credential = await db
            .Credentials.FromSql($"select *, xmin from credentials where account_id = {seen.AccountId} for update")
            .SingleAsync(cancellationToken);
        var matches =
            verified != PasswordVerificationResult.Failed
            && string.Equals(credential.PasswordHash, seen.PasswordHash, StringComparison.Ordinal);
        var outcome = credential.Attempt(matches, options.Value, clock.GetUtcNow());
        if (outcome.Error is null && verified == PasswordVerificationResult.SuccessRehashNeeded)
        {
            credential.SetPasswordHash(passwords.Hash(password));
        }

        return outcome;
    }

    private async Task<SignedIn> Begin(Guid accountId, string role, string? device, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await db
            .Sessions.Where(old => old.AccountId == accountId && old.ExpiresAt <= now)
            .ExecuteDeleteAsync(cancellationToken);

        var session = Session.Start(accountId, device, now);
        var refreshToken = session.IssueRefreshToken(options.Value.RefreshTokenLifetime, now, out var secret);
        db.AddRange(session, refreshToken);
        return new(accessTokens.Issue(accountId, role, session.Id), secret, (int)accessTokens.Lifetime.TotalSeconds);
    }
}

internal sealed class SignInEndpoint : IEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost("/users/login", (SignIn command, HttpRequest http, Sender sender, CancellationToken ct) =>
                sender.Ok(command with { Device = http.Headers.UserAgent }, ct)
            )
            .AllowAnonymous()
            .RequireRateLimiting(RateLimits.SignIn)
            .Refuses(AccountErrors.SignInFailed, AccountErrors.LockedOut(DateTimeOffset.UnixEpoch));
}
