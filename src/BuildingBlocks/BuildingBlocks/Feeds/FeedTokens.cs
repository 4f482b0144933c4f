using System.Globalization;
using System.Security.Claims;
using System.Security.Cryptography;
using BuildingBlocks.Application;
using BuildingBlocks.EventLog.Feeds;
using BuildingBlocks.EventLog.Hosting;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace BuildingBlocks.Feeds;

/// <summary>
/// By what one Host knows another: tokens of a minute, signed with the reader's private key (ES256), for one audience
/// and one module. Keys are read from their files, so that they change under running Hosts. Thread-safe.
/// </summary>
internal sealed class FeedTokens(FeedsOptions feeds, TimeProvider clock)
{
    /// <summary>How long a token lasts.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(60);

    // What the clocks of two machines may differ by.
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(30);

    private const string ScopeClaim = "scope";
    private const string PemEnd = "-----END PUBLIC KEY-----";

    /// <summary>What a token must grant so that a module is read.</summary>
    public static string ScopeOf(string module) => $"feed:{module}";

    /// <summary>A token for reading one module.</summary>
    /// <param name="audience"><c>Feeds:Name</c> of the Host that is asked.</param>
    /// <param name="module">The module.</param>
    /// <exception cref="StartupException">The private key cannot be read.</exception>
    public string Issue(string audience, string module)
    {
        using var key = PrivateKey();
        var now = clock.GetUtcNow().UtcDateTime;
        return new JsonWebTokenHandler().CreateToken(
            new SecurityTokenDescriptor
            {
                Issuer = feeds.Name,
                Audience = audience,
                IssuedAt = now,
                NotBefore = now,
                Expires = now + Lifetime,
                Claims = new Dictionary<string, object>(StringComparer.Ordinal) { [ScopeClaim] = ScopeOf(module) },
                SigningCredentials = new(Usable(key), SecurityAlgorithms.EcdsaSha256),
            }
        );
    }

    /// <summary>Who holds a token, once it is known to be theirs and meant for this Host.</summary>
    /// <param name="token">As it was sent.</param>
    /// <exception cref="StartupException">The file with a reader's public keys cannot be read.</exception>
    public async Task<Result<ClaimsIdentity>> VerifyAsync(string token)
    {
        JsonWebToken read;
        try
        {
            read = new(token);
        }
        catch (ArgumentException)
        {
            return Refused("It cannot be read");
        }

        if (!feeds.Readers.TryGetValue(read.Issuer, out var reader))
        {
            return Refused("None of the keys that this Host knows of its issuer (Feeds:Readers) has signed it");
        }

        var keys = PublicKeys(read.Issuer, reader.PublicKeyFile!);
        try
        {
            var found = await new JsonWebTokenHandler().ValidateTokenAsync(
                token,
                new TokenValidationParameters
                {
                    ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
                    ValidIssuer = read.Issuer,
                    ValidAudience = feeds.Name,
                    IssuerSigningKeys = keys.Select(Usable),
                    TryAllIssuerSigningKeys = true,
                    RequireExpirationTime = true,
                    RequireSignedTokens = true,
                    LifetimeValidator = (from, until, _, _) => IsNow(from, until),
                }
            );
            return found.IsValid
                ? Known(read)
                : Refused(
                    found.Exception switch
                    {
                        SecurityTokenInvalidLifetimeException =>
                            "It has expired or is not valid yet, for a token lasts "
                                + $"{Lifetime.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s; set the clocks "
                                + "of both machines right",
                        SecurityTokenInvalidAudienceException =>
                            $"It is meant for '{string.Join(", ", read.Audiences)}', but this Host is '{feeds.Name}' "
                                + "(Feeds:Name); set Feeds:Sources:<module>:Audience to that where the reader runs",
                        _ => "None of the keys that this Host knows of its issuer (Feeds:Readers) has signed it",
                    }
                );
        }
        finally
        {
            foreach (var key in keys)
            {
                key.Dispose();
            }
        }
    }

    /// <summary>Whether somebody may read a module, by their token and by the settings of this Host.</summary>
    public Result EnsureMayRead(ClaimsPrincipal caller, string module)
    {
        var name = caller.Identity?.Name ?? "";
        if (!string.Equals(caller.FindFirstValue(ScopeClaim), ScopeOf(module), StringComparison.Ordinal))
        {
            return Error.Forbidden("feeds.missing-scope", $"The token lacks the scope {ScopeOf(module)}.");
        }

        return feeds.ReadersOf(module).Contains(name, StringComparer.Ordinal)
            ? Result.Done
            : Error.Forbidden(
                "feeds.not-a-reader",
                $"Reader '{name}' may not read {module}; name the module in Feeds:Readers:{name}:Modules."
            );
    }

    /// <summary>Reads every key once.</summary>
    /// <exception cref="StartupException">One cannot be read.</exception>
    public void EnsureKeysAreReadable()
    {
        if (feeds.Sources.Count > 0)
        {
            PrivateKey().Dispose();
        }

        foreach (var (name, reader) in feeds.Readers)
        {
            foreach (var key in PublicKeys(name, reader.PublicKeyFile!))
            {
                key.Dispose();
            }
        }
    }

    private bool IsNow(DateTime? from, DateTime? until)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return from is not null
            && until is not null
            && until - from <= Lifetime
            && from - Tolerance <= now
            && now < until + Tolerance;
    }

    private static ClaimsIdentity Known(JsonWebToken token) =>
        new(
            [new(ClaimTypes.Name, token.Issuer), .. token.Claims.Where(claim => claim.Type is ScopeClaim)],
            FeedSignIn.Scheme
        );

    private static Error Refused(string why) =>
        Error.Unauthenticated("feeds.bad-token", $"The token is not accepted. {why}.");

    // A cached provider would outlive its key.
    private static ECDsaSecurityKey Usable(ECDsa key) =>
        new(key) { CryptoProviderFactory = new() { CacheSignatureProviders = false } };

    private ECDsa PrivateKey() =>
        Read(feeds.PrivateKeyFile!, "Feeds:PrivateKeyFile", text => [text], isPrivate: true)[0];

    private static ECDsa[] PublicKeys(string reader, string file) =>
        Read(
            file,
            $"Feeds:Readers:{reader}:PublicKeyFile",
            text =>
                [.. text.Split(PemEnd).Where(part => !string.IsNullOrWhiteSpace(part)).Select(part => part + PemEnd)],
            isPrivate: false
        );

    private static ECDsa[] Read(string file, string setting, Func<string, string[]> partsOf, bool isPrivate)
    {
        List<ECDsa> keys = [];
        try
        {
            foreach (var part in partsOf(File.ReadAllText(file)))
            {
                var key = ECDsa.Create();
                keys.Add(key);
                key.ImportFromPem(part);
                var parameters = key.ExportParameters(isPrivate);
                if (key.KeySize != 256 || (isPrivate && parameters.D is null))
                {
                    throw new CryptographicException("It is no key of the curve P-256.");
                }
            }

            return keys.Count > 0 ? [.. keys] : throw new CryptographicException("It holds no key.");
        }
        catch (Exception unreadable)
            when (unreadable
                    is IOException
                        or UnauthorizedAccessException
                        or ArgumentException
                        or CryptographicException
            )
        {
            keys.ForEach(key => key.Dispose());
            throw new StartupException(
                $"{setting} names {file}, which cannot be used: {unreadable.Message} Make it a PEM file with "
                    + $"{(isPrivate ? "one private EC key" : "public EC keys")} (P-256); see docs/guides/feeds.md.",
                unreadable
            );
        }
    }
}
