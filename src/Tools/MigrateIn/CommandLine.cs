using System.CommandLine;
using System.Net.Sockets;
using MigrateIn.Moving;
using Npgsql;

namespace MigrateIn;

/// <summary>The verbs of mm-migrate with their options.</summary>
internal static class CommandLine
{
    /// <summary>The environment variable that holds the connection string, so that no list of processes shows
    /// it.</summary>
    public const string Variable = "MM_MIGRATE_DATABASE";

    private static readonly Option<string> Database = new("--database")
    {
        Description = $"Connection string of the shared database; {Variable} holds it out of sight.",
        HelpName = "connection string",
        Recursive = true,
    };

    private static readonly Option<string> Sql = new("--sql")
    {
        Description = "A folder of .sql files with the application's statements, read as if each ran once.",
        HelpName = "folder",
    };

    /// <summary>Carries out what the arguments ask for.</summary>
    /// <returns>0 done, 1 refused or failed, 2 wrong arguments, 130 broken off.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter errors)
    {
        var parsed = Root().Parse(args);
        var exitCode = await parsed.InvokeAsync(
            new InvocationConfiguration
            {
                Output = output,
                Error = errors,
                EnableDefaultExceptionHandler = false,
            }
        );
        return parsed.Errors.Count > 0 ? 2 : exitCode;
    }

    private static RootCommand Root()
    {
        RootCommand root = new(
            """
            Leads out of one shared PostgreSQL database: proposes who owns which table, watches what crosses, and copies
            tables into schemas of their owners and keeps the copies up to date.

            Exit code: 0 done, 1 refused or failed, 2 wrong arguments, 130 broken off.
            """
        )
        {
            Database,
            Plan(),
            Check(),
        };
        foreach (var move in Moves())
        {
            root.Add(move);
        }

        return root;
    }

    private static Command Plan()
    {
        Option<string> known = new("--known")
        {
            Description = "The ownership.yaml of a cut that people made; says how well the proposal agrees with it.",
            HelpName = "file",
        };
        Option<string> into = new("--out")
        {
            Description = "The folder for ownership.yaml, crossings.txt and graph.svg.",
            HelpName = "folder",
            DefaultValueFactory = _ => ".",
        };
        Option<bool> overwrites = new("--overwrite") { Description = "Replaces an ownership.yaml that is there." };
        Command plan = new("plan", "Reads the database, changes nothing in it, and proposes who owns which table.")
        {
            Sql,
            known,
            into,
            overwrites,
        };
        return Does(plan, (parsed, stop) =>
            new PlanCommand(
                DatabaseOf(parsed),
                parsed.GetValue(Sql),
                parsed.GetValue(known),
                parsed.GetValue(into)!,
                parsed.GetValue(overwrites)
            ).RunAsync(parsed.InvocationConfiguration.Output, stop)
        );
    }

    private static Command Check()
    {
        Option<string> folder = new("--in")
        {
            Description = "The folder with ownership.yaml and crossings.txt.",
            HelpName = "folder",
            DefaultValueFactory = _ => ".",
        };
        Option<bool> accepts = new("--accept")
        {
            Description = "Writes what crosses today to crossings.txt, as after an edit of ownership.yaml.",
        };
        Command check = new(
            "check",
            "Refuses an ownership.yaml that does not fit the database, and crossings that crossings.txt does not list. "
                + "Changes nothing in the database."
        )
        {
            Sql,
            folder,
            accepts,
        };
        return Does(check, (parsed, stop) =>
            new CheckCommand(
                DatabaseOf(parsed),
                parsed.GetValue(Sql),
                parsed.GetValue(folder)!,
                parsed.GetValue(accepts)
            ).RunAsync(parsed.InvocationConfiguration.Output, stop)
        );
    }

    private static IEnumerable<Command> Moves()
    {
        Argument<string> table = new("table") { Description = "The table, as ownership.yaml writes it." };
        Option<string> folder = new("--in")
        {
            Description = "The folder with ownership.yaml.",
            HelpName = "folder",
            DefaultValueFactory = _ => ".",
        };
        Option<bool> once = new("--once") { Description = "Applies what is there and ends." };
        Option<bool> json = new("--json") { Description = "Answers as JSON, for a program to read." };
        yield return Moving(
            new("advance", "Does the next stage of a table: captures its changes, then copies it.") { table, folder },
            (moves, parsed, stop) => moves.AdvanceAsync(parsed.GetValue(table)!, OutputOf(parsed), stop)
        );
        yield return Moving(new("back", "Undoes the last stage of a table.") { table, folder }, (moves, parsed, stop) =>
            moves.BackAsync(parsed.GetValue(table)!, OutputOf(parsed), stop)
        );
        yield return Moving(
            new("follow", "Applies captured changes to the copy of a table until it is broken off.")
            {
                table,
                folder,
                once,
            },
            (moves, parsed, stop) =>
                moves.FollowAsync(parsed.GetValue(table)!, parsed.GetValue(once), OutputOf(parsed), stop)
        );
        yield return Moving(
            new("verify", "Compares a table with its copy in one snapshot, while everybody writes.") { table, folder },
            (moves, parsed, stop) => moves.VerifyAsync(parsed.GetValue(table)!, OutputOf(parsed), stop)
        );
        yield return Moving(new("status", "Tells the stage of each table.") { folder, json }, (moves, parsed, stop) =>
            moves.StatusAsync(parsed.GetValue(json), OutputOf(parsed), stop)
        );

        Command Moving(Command command, Func<MoveCommands, ParseResult, CancellationToken, Task> work) =>
            Does(command, (parsed, stop) => work(new(DatabaseOf(parsed), parsed.GetValue(folder)!), parsed, stop));
    }

    private static TextWriter OutputOf(ParseResult parsed) => parsed.InvocationConfiguration.Output;

    private static Command Does(Command command, Func<ParseResult, CancellationToken, Task> work)
    {
        command.SetAction(
            async (parsed, stop) =>
            {
                try
                {
                    await work(parsed, stop);
                    return 0;
                }
                catch (OperationCanceledException) when (stop.IsCancellationRequested)
                {
                    return 130;
                }
                catch (Exception failed)
                    when (failed
                            is RefusedException
                                or NpgsqlException
                                or SocketException
                                or IOException
                                or UnauthorizedAccessException
                    )
                {
                    await parsed.InvocationConfiguration.Error.WriteLineAsync(failed.Message);
                    return 1;
                }
            }
        );
        return command;
    }

    /// <summary>Every wait for the server has an end: 15 s to connect, 60 s for a statement unless the string says
    /// otherwise.</summary>
    private static string DatabaseOf(ParseResult parsed)
    {
        var given = parsed.GetValue(Database) ?? Environment.GetEnvironmentVariable(Variable);
        if (string.IsNullOrWhiteSpace(given))
        {
            throw new RefusedException($"Name the shared database: --database <connection string>, or {Variable}.");
        }

        try
        {
            NpgsqlConnectionStringBuilder settings = new(given) { ApplicationName = "mm-migrate" };
            if (!settings.ContainsKey("Command Timeout"))
            {
                settings.CommandTimeout = 60;
            }

            return settings.ConnectionString;
        }
        catch (ArgumentException wrong)
        {
            // The message names the word that is wrong, never its value.
            throw new RefusedException($"The connection string cannot be read: {wrong.Message}", wrong);
        }
    }
}
