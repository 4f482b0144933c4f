using BuildingBlocks.Application;
using BuildingBlocks.Web;
using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Users.Domain;
using Users.Persistence;
using Users.Security;

namespace Users.Features;

/// <summary>
/// Takes a refresh token back for new tokens. One presented again after the grace ends its session: one of the two
/// holders stole it.
/// </summary>
/// <param name="RefreshToken" example="the refreshToken of the last answer">As the last answer gave it.</param>
internal sealed record RefreshSession(string RefreshToken) : ICommand<SignedIn>
{
    public override string ToString() => nameof(RefreshSession);
}

internal sealed class RefreshSessionValidator : AbstractValidator<RefreshSession>
{
    public RefreshSessionValidator() => RuleFor(request => request.RefreshToken).NotEmpty().MaximumLength(100);
}

internal sealed partial class RefreshSessionHandler(
    UsersDbContext db,
    AccessTokens accessTokens,
    IOptions<UsersOptions> options,
    TimeProvider clock,
    ILogger<RefreshSessionHandler> log
) : ICommandHandler<RefreshSession, SignedIn>
{
    public async Task<Result<SignedIn>> Handle(RefreshSession command, CancellationToken cancellationToken)
    {
        var hash = RefreshToken.HashOf(command.RefreshToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);

        // The lock lets two requests with one token pass one after the other, so that the second sees that the first
        // used it.
        var token = await db
            .RefreshTokens.FromSql($"select *, xmin from refresh_tokens where hash = {hash} for update")
            .SingleOrDefaultAsync(cancellationToken);
        if (token is null)
        {
            return SessionErrors.RefreshFailed;
        }

        var session = await db.Sessions.SingleAsync(session => session.Id == token.SessionId, cancellationToken);
        var role = await db
            .Accounts.Where(account => account.Id == session.AccountId)
            .Select(account => account.Role)
            .SingleAsync(cancellationToken);
        var answer = session.Redeem(token, options.Value.RefreshGrace, clock.GetUtcNow()).Failed(out var refusal)
            ? Result<SignedIn>.Refused(refusal)
            : await Prolong(session, role, cancellationToken);
        if (db.ChangeTracker.HasChanges() && answer.Error is not null)
        {
            LogReuse(log, session.Id, session.AccountId);
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return answer;
    }

    private async Task<SignedIn> Prolong(Session session, string role, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await db
            .RefreshTokens.Where(old => old.SessionId == session.Id && old.ExpiresAt <= now)
            .ExecuteDeleteAsync(cancellationToken);
        db.Add(session.IssueRefreshToken(options.Value.RefreshTokenLifetime, now, out var secret));
        return new(
            accessTokens.Issue(session.AccountId, role, session.Id),
            secret,
            (int)accessTokens.Lifetime.TotalSeconds
        );
    }

    [LoggerMessage(
        LogLevel.Warning,
        "A used refresh token came back: session {SessionId} of user {UserId} was ended, for the token may have been "
            + "stolen."
    )]
    private static partial void LogReuse(ILogger log, Guid sessionId, Guid userId);
}

internal sealed class RefreshSessionEndpoint : IEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost("/users/refresh", (RefreshSession command, Sender sender, CancellationToken ct) =>
                sender.Ok(command, ct)
            )
            .AllowAnonymous()
            .RequireRateLimiting(RateLimits.SignIn)
            .Refuses(SessionErrors.RefreshFailed);
}
