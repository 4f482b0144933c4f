using System.Collections;
using Host.Startup;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.Extensions.Hosting;
using Users;

namespace Host.Tests.Startup;

/// <summary>What <c>dotnet ef</c> does with a module: it loads the Host and the module as this test does.</summary>
public sealed class EfToolTests
{
    [Fact]
    public void Finds_the_DbContext_of_the_module_it_is_given()
    {
        OperationResultHandler answer = new();

        _ = new OperationExecutor.GetContextInfo(Executor(), answer, new Hashtable { ["contextType"] = null });

        answer.ErrorMessage.ShouldBeNull();
        var context = answer.Result.ShouldBeAssignableTo<IDictionary>()!;
        (context["Type"], context["ProviderName"]).ShouldBe(
            ("Users.Persistence.UsersDbContext", "Npgsql.EntityFrameworkCore.PostgreSQL")
        );
    }

    [Fact]
    public void Has_a_migration_drafted_as_SQL()
    {
        OperationResultHandler answer = new();

        _ = new OperationExecutor.AddMigration(
            Executor(),
            answer,
            new Hashtable
            {
                ["name"] = "größe",
                ["outputDir"] = null,
                ["contextType"] = null,
                ["namespace"] = null,
                ["dryRun"] = false,
            }
        );

        answer.ErrorMessage.ShouldNotBeNull().ShouldStartWith("A migration cannot be called 'größe'.");
        answer.ErrorType.ShouldBe(typeof(OperationException).FullName);
    }

    [Fact]
    public Task Ends_the_start_that_it_needs_without_being_taken_for_a_bug() =>
        Should.ThrowAsync<HostAbortedException>(() =>
            Guarded.RunAsync(_ => throw new HostAbortedException(), TestContext.Current.CancellationToken)
        );

    private static OperationExecutor Executor() =>
        new(
            new OperationReportHandler(),
            new Hashtable
            {
                ["targetName"] = typeof(UsersModule).Assembly.GetName().Name,
                ["startupTargetName"] = "Host",
                ["project"] = "Users",
                ["projectDir"] = AppContext.BaseDirectory,
                ["rootNamespace"] = "Users",
                ["language"] = "C#",
                ["nullable"] = true,
                ["toolsVersion"] = "10.0.15",
                ["remainingArguments"] = Array.Empty<string>(),
            }
        );
}
