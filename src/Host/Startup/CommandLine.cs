using System.CommandLine;
using BuildingBlocks.EventLog.Hosting;
using Host.Health;

namespace Host.Startup;

/// <summary>
/// What can be asked of the Host: to run, or to do one thing and end. A command states its own arguments and options;
/// whatever else is given are settings, so that every command takes all of them.
/// </summary>
internal sealed class CommandLine(Func<string[], WebApplication> compose)
{
    private const string Description = """
        Runs the modular monolith: finds or starts PostgreSQL, provisions and migrates it, and listens on http://localhost:5080.

        Any setting may be given as --Section:Key value, or as the environment variable Section__Key; README.md lists them.
        """;

    private readonly Option<string> urls = new("--urls")
    {
        Description = "Where to listen, such as http://localhost:8080; several are separated by semicolons.",
        HelpName = "addresses",
    };

    private readonly Option<string> environment = new("--environment")
    {
        Description = "Development shows Swagger UI; Production is the default of a published Host.",
        HelpName = "name",
        Recursive = true,
    };

    private readonly Option<bool> json = new("--json") { Description = "Answers as JSON, for a program to read." };

    private readonly Option<bool> dryRun = new("--dry-run")
    {
        Description = "Shows the SQL that would be run, passwords left out, and changes nothing.",
    };

    private readonly Option<string> sql = new("--sql")
    {
        Description = "Writes a script for psql instead, which does the same for whoever runs it; needs no server.",
        HelpName = "file",
    };

    private readonly Option<string> secrets = new("--secrets")
    {
        Description =
            "Also writes the roles' connection strings there, one file a setting: those of the running Host "
            + "below host, those of the owners below migrate.",
        HelpName = "folder",
    };

    private readonly Command imports = new(
        "import",
        "Takes in another system's history through the modules' own commands."
    );

    /// <summary>Adds what can be imported, as a command of <c>import</c>.</summary>
    /// <param name="command">Its name, arguments and options.</param>
    /// <param name="run">Carries it out; is given what runs work with the services of a Host in which the modules
    /// run.</param>
    public void AddImport(
        Command command,
        Func<ParseResult, Func<Func<IServiceProvider, Task>, Task>, CancellationToken, Task> run
    ) =>
        imports.Add(
            Does(command, (parsed, stop) =>
                run(parsed, work => ModuleWork.RunAsync(compose, Settings(parsed), work, stop), stop)
            )
        );

    /// <summary>Carries out what the arguments ask for.</summary>
    /// <returns>The exit code: 0 done, 1 refused or failed, 130 broken off.</returns>
    public Task<int> ExecuteAsync(string[] args) =>
        // Signals are ours: System.CommandLine would end the process before PostgreSQL and the running batch have
        // stopped.
        Root()
            .Parse(args)
            .InvokeAsync(
                new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false }
            );

    private RootCommand Root()
    {
        RootCommand root = new(Description) { urls, environment, Database(), Feeds(), Health() };
        if (imports.Subcommands.Count > 0)
        {
            root.Add(imports);
        }

        return Does(root, (parsed, stop) => HostRun.RunAsync(compose, Settings(parsed), stop));
    }

    private Command Health()
    {
        Option<bool> readiness = new("--ready")
        {
            Description = "Asks for /health/ready, which names what is wrong, instead of /health/live.",
        };
        return Does(
            new Command("health", "Asks the Host with the same settings on this machine whether it is well.")
            {
                readiness,
                urls,
            },
            (parsed, stop) => HealthCommand.RunAsync(Settings(parsed), parsed.GetValue(readiness), stop)
        );
    }

    private Command Database() =>
        new("database", "Prepares a database of your own; the running Host then needs no administrator.")
        {
            DoesWithModules(
                new(
                    "provision",
                    "Makes database, schemas and roles with ConnectionStrings:Postgres (administrator). What is there "
                        + "already stays."
                )
                {
                    dryRun,
                    sql,
                    secrets,
                },
                (app, parsed, stop) => DatabaseCommands.ProvisionAsync(app, ProvisioningStep(parsed), stop)
            ),
            DoesWithModules(
                new(
                    "migrate",
                    "Migrates every module's schema and schema reference with ConnectionStrings:Postgres, or one "
                        + "Modules:<Module>:OwnerConnectionString each."
                )
                {
                    dryRun,
                    sql,
                },
                (app, parsed, stop) => DatabaseCommands.MigrateAsync(app, Step(parsed), stop)
            ),
            Diff(),
            RotatePasswords(),
            DoesWithModules(
                new(
                    "verify",
                    "Looks for holes in the walls between modules: walks the catalog, and tries as every module's "
                        + "role what it must be refused. Changes nothing."
                )
                {
                    json,
                },
                (app, parsed, stop) => DatabaseVerification.RunAsync(app, parsed.GetValue(json), stop)
            ),
            DoesWithModules(
                new(
                    "orphans",
                    "Looks for ids of other modules' things that those do not know, with the rights the running Host "
                        + "has. Changes nothing."
                )
                {
                    json,
                },
                (app, parsed, stop) => DatabaseOrphans.RunAsync(app, parsed.GetValue(json), stop)
            ),
            DoesWithModules(
                new(
                    "repair-event-log",
                    "After restoring a dump into another server: has events and checkpoints belong to that server, "
                        + "with ConnectionStrings:Postgres, while no Host runs."
                ),
                (app, _, stop) => DatabaseRepair.RunAsync(app, stop)
            ),
        };

    private Command Feeds()
    {
        Argument<string> module = new("module") { Description = "Which one of Feeds:Sources." };
        return new("feeds", "Looks after the events of modules that run elsewhere.")
        {
            DoesWithModules(
                new(
                    "verify",
                    "Compares the shadows in this database with the homes of their modules, by hashes. Changes nothing."
                ),
                (app, _, stop) => FeedCommands.VerifyAsync(app, stop)
            ),
            DoesWithModules(
                new(
                    "reset",
                    "Has a feed go on where shadow and home have the same history, after the home was restored; names "
                        + "the events that the home has lost, and fetches payloads that are missing."
                )
                {
                    module,
                },
                (app, parsed, stop) => FeedCommands.ResetAsync(app, parsed.GetValue(module)!, stop)
            ),
        };
    }

    private Command Diff()
    {
        Argument<string> drafted = new("module") { Description = "Whose migrations and model to compare." };
        Option<string> called = new("--name")
        {
            Description = "What the migration is called after its number, such as orders_remark.",
            HelpName = "what",
        };
        Option<bool> shown = new("--dry-run") { Description = "Prints the SQL and writes no file." };
        return DoesWithModules(
            new(
                "diff",
                "Writes what takes a module's schema, as its migrations make it, to its EF Core model as the next "
                    + "migration. Leaves the database as it is."
            )
            {
                drafted,
                called,
                shown,
            },
            (app, parsed, stop) =>
                DatabaseDiff.RunAsync(
                    app,
                    parsed.GetValue(drafted)!,
                    parsed.GetValue(called),
                    parsed.GetValue(shown),
                    stop
                )
        );
    }

    private Command RotatePasswords()
    {
        Option<string> module = new("--module")
        {
            Description = "Of this module only, or of reference.",
            HelpName = "name",
        };
        return DoesWithModules(
            new(
                "rotate-passwords",
                "Gives the modules' roles new passwords while Hosts are running, with ConnectionStrings:Postgres; "
                    + "see docs/guides/database.md."
            )
            {
                dryRun,
                module,
            },
            (app, parsed, stop) =>
                DatabaseCommands.RotatePasswordsAsync(app, parsed.GetValue(module), parsed.GetValue(dryRun), stop)
        );
    }

    private DatabaseStep ProvisioningStep(ParseResult parsed)
    {
        var step = Step(parsed) with { Secrets = parsed.GetValue(secrets) };
        return step is { DryRun: true, Secrets: not null }
            ? throw new StartupException("--dry-run and --secrets exclude each other: one of them writes files.")
            : step;
    }

    private DatabaseStep Step(ParseResult parsed)
    {
        DatabaseStep step = new(parsed.GetValue(dryRun), parsed.GetValue(sql));
        return step is { DryRun: true, Script: not null }
            ? throw new StartupException(
                "--dry-run and --sql exclude each other: one shows what is missing, the other writes all of it down."
            )
            : step;
    }

    /// <summary>A command whose work needs the modules and their settings, but no Host that listens.</summary>
    private Command DoesWithModules(Command command, Func<WebApplication, ParseResult, CancellationToken, Task> work) =>
        Does(command, async (parsed, stop) =>
        {
            // Standard output is for the command's result, which another program may read.
            await using var app = compose(["--Logging:Console:LogToStandardErrorThreshold=Trace", .. Settings(parsed)]);
            Installation.Validate(app);
            await work(app, parsed, stop);
        });

    private static TCommand Does<TCommand>(TCommand command, Func<ParseResult, CancellationToken, Task> work)
        where TCommand : Command
    {
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction(
            (parsed, cancellationToken) => Guarded.RunAsync(stop => work(parsed, stop), cancellationToken)
        );
        return command;
    }

    private string[] Settings(ParseResult parsed) =>
        [.. CommandLineSettings.Of(parsed.UnmatchedTokens), .. Given(urls, parsed), .. Given(environment, parsed)];

    // ASP.NET Core reads these two from its settings, like all others.
    private static string[] Given(Option<string> option, ParseResult parsed) =>
        parsed.GetValue(option) is { } value ? [option.Name, value] : [];
}
