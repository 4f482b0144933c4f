using MigrateIn;

#pragma warning disable RS0030 // This is the command line that the ban on Console leaves room for.
return await CommandLine.RunAsync(args, Console.Out, Console.Error);
#pragma warning restore RS0030
