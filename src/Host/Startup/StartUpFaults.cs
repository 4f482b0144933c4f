using System.ComponentModel;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using BuildingBlocks.EmbeddedPostgres;
using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.EventLog.Storage;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace Host.Startup;

/// <summary>Explains the failures that an operator can mend: how, and by which setting.</summary>
internal static partial class StartUpFaults
{
    /// <summary>One message, or null for an unexpected failure.</summary>
    public static string? Explain(Exception exception) =>
        exception switch
        {
            StartupException or EmbeddedPostgresException => exception.Message,
            OptionsValidationException invalid => Explain(invalid),
            IOException { InnerException: AddressInUseException or SocketException } => Addresses.InUse(
                exception.Message
            ),
            InvalidDataException { InnerException: FormatException unreadable } =>
                $"{exception.Message} {unreadable.Message}",
            InvalidOperationException { Source: "Microsoft.Extensions.Configuration.Binder" } => ExplainBinding(
                exception.Message
            ),
            // Kestrel and logging read their own sections, and say what is wrong with them.
            InvalidOperationException or FormatException or ArgumentException when IsOfSettings(exception.Source) =>
                exception.Message,
            UnauthorizedAccessException =>
                $"{exception.Message} Give the Host's user access to it, or choose another folder with "
                    + "EmbeddedPostgres__DataDirectory.",
            IOException =>
                $"{exception.Message.TrimEnd('.')}. See that it can be read and written, and that its disk has room.",
            Win32Exception => $"A program that the Host needs cannot be run: {exception.Message}.",
            _ => DatabaseFault.Of(exception) is { } fault ? $"The database cannot be used: {fault.Reason}" : null,
        };

    private static bool IsOfSettings(string? source) =>
        source is not null
        && (
            source.StartsWith("Microsoft.Extensions.Logging", StringComparison.Ordinal)
            || source.StartsWith("Microsoft.AspNetCore.Server.Kestrel", StringComparison.Ordinal)
        );

    private static string Explain(OptionsValidationException invalid)
    {
        var section = SectionOf(invalid.OptionsType);
        var faults = invalid.Failures.Select(failure =>
            Annotated().Match(failure) is { Success: true } match
                ? $"- {Setting($"{section}:{match.Groups["member"].Value}")}: {match.Groups["fault"].Value}"
                : $"- {failure}"
        );
        return $"The configuration is not valid:{Environment.NewLine}{string.Join(Environment.NewLine, faults)}";
    }

    /// <summary>
    /// By convention the constant that an options class names its section with; a module's options have the section of
    /// the module's name.
    /// </summary>
    private static string SectionOf(Type options) =>
        options.GetField("Section")?.GetRawConstantValue() as string ?? options.Assembly.GetName().Name!;

    private static string ExplainBinding(string message)
    {
        if (Conversion().Match(message) is { Success: true } conversion)
        {
            return $"{Setting(conversion.Groups["key"].Value)} is '{conversion.Groups["value"].Value}', which is no "
                + $"{Plain(conversion.Groups["type"].Value)}.";
        }

        return Unknown().Match(message) is { Success: true } unknown
            ? $"The configuration has settings that nobody reads, in the section of {unknown.Groups["type"].Value}: "
                + $"{unknown.Groups["keys"].Value}. "
                + "Correct their names; README.md lists all settings."
            : message;
    }

    private static string Setting(string key) =>
        $"{key} (environment variable {key.Replace(":", "__", StringComparison.Ordinal)})";

    private static string Plain(string type) =>
        type switch
        {
            _ when type.Contains("Int", StringComparison.Ordinal) => "whole number of the range allowed",
            _ when type.Contains("TimeSpan", StringComparison.Ordinal) => "duration such as 00:00:30",
            _ when type.Contains("Boolean", StringComparison.Ordinal) => "true or false",
            _ => type,
        };

    // What the libraries know about the setting stands only in their messages.
    [GeneratedRegex(
        @"members: '(?<member>\w+)' with the error: '(?<fault>.*)'\.?$",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Annotated();

    [GeneratedRegex(
        @"configuration value '(?<value>.*)' at '(?<key>[^']+)' to type '(?<type>[^']+)'",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Conversion();

    [GeneratedRegex(
        @"not found on the instance of (?<type>[\w.+]+): (?<keys>.+)$",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Unknown();
}
