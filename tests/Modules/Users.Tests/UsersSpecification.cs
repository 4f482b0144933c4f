using BuildingBlocks.Testing;

namespace Users.Tests;

public sealed class UsersSpecification(UsersFixture users)
    : ModuleSpecification<UsersModule>(users),
        IClassFixture<UsersFixture>;
