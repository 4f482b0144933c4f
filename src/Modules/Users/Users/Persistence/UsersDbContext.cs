using BuildingBlocks.EventLog.Publishing;
using Microsoft.EntityFrameworkCore;
using Users.Domain;

namespace Users.Persistence;

internal sealed class UsersDbContext(DbContextOptions<UsersDbContext> options) : ModuleDbContext(options, "users")
{
    public DbSet<Account> Accounts => Set<Account>();

    public DbSet<Credential> Credentials => Set<Credential>();

    public DbSet<Session> Sessions => Set<Session>();

    public DbSet<RefreshToken> RefreshTokens => Set<RefreshToken>();

    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();
}
