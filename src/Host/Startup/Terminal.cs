namespace Host.Startup;

/// <summary>
/// What a person at the command line reads: the banner and results on standard output, what went wrong on standard
/// error.
/// </summary>
internal static class Terminal
{
#pragma warning disable RS0030 // This is the command line that the ban on Console leaves room for.
    public static TextWriter Output => Console.Out;

    public static TextWriter Errors => Console.Error;
#pragma warning restore RS0030
}
