using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;

namespace BuildingBlocks.Analyzers.Sql;

/// <summary>
/// MM0002: names another module's schema, in strings that hold SQL, in EF mappings, or in migrations.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ForeignSchemaAnalyzer : DiagnosticAnalyzer
{
    private static readonly Regex OutrightPath = new(
        "search[_ ]?path\\s*(=|\\bto\\b)\\s*(?<path>[\\w\",' ]+)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        TimeSpan.FromSeconds(1)
    );

    private static readonly Regex Setting = new(
        "^Modules(:|__)(?<module>[^:_]\\w*?)((:|__)|$)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        TimeSpan.FromSeconds(1)
    );

    private static readonly Regex RoleOfModule = new(
        "(\\b(role|authorization)\\s+|'role'\\s*,\\s*'"
            + "|\\buser(\\s?(name|id))?\\s*=\\s*)\"?\\w+?_(?<role>\\w+)_(app|owner)\\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        TimeSpan.FromSeconds(1)
    );

    private static readonly HashSet<string> SqlParameters = new(StringComparer.Ordinal)
    {
        "sql",
        "commandText",
        "cmdText",
    };

    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rule.ForeignSchema];

    /// <inheritdoc />
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(
            GeneratedCodeAnalysisFlags.Analyze | GeneratedCodeAnalysisFlags.ReportDiagnostics
        );
        context.RegisterCompilationStartAction(start =>
        {
            var around = Neighbourhood.Of(start.Compilation, start.Options, start.CancellationToken);
            if (around.BySchema.IsEmpty)
            {
                return;
            }

            Search search = new(around);
            start.RegisterOperationAction(
                search.String,
                OperationKind.Literal,
                OperationKind.Utf8String,
                OperationKind.InterpolatedString,
                OperationKind.Binary
            );
            start.RegisterOperationAction(search.Call, OperationKind.Invocation, OperationKind.ObjectCreation);
            start.RegisterOperationAction(search.Assignment, OperationKind.SimpleAssignment);
            start.RegisterOperationAction(search.Addition, OperationKind.CompoundAssignment);
            start.RegisterSyntaxNodeAction(search.Attribute, SyntaxKind.AttributeArgument);
            start.RegisterAdditionalFileAction(search.Migration);
        });
    }

    private sealed class Search(Neighbourhood around)
    {
        private readonly string[] schemas = [.. around.BySchema.Keys];

        public void String(OperationAnalysisContext context)
        {
            var operation = context.Operation;
            if (
                operation is not IUtf8StringOperation
                    && operation.Type is null or { SpecialType: not SpecialType.System_String and not SpecialType.None }
                || StringText.IsPart(operation)
            )
            {
                return;
            }

            if (
                operation.ConstantValue is
                { HasValue: true, Value: "ConnectionStrings:Postgres" or "ConnectionStrings__Postgres" }
            )
            {
                context.ReportDiagnostic(Administrator(operation, context));
            }

            // Nearly every string ends here: a constant without any schema's name in it.
            if (
                operation.ConstantValue is { HasValue: true, Value: var constant }
                && (constant is not string text || !Mentions(text))
            )
            {
                return;
            }

            if (!GoesToDatabase(operation))
            {
                Check(context, operation, isCertain: false);
            }
        }

        public void Call(OperationAnalysisContext context)
        {
            var arguments = context.Operation is IInvocationOperation call
                ? call.Arguments
                : ((IObjectCreationOperation)context.Operation).Arguments;
            foreach (var argument in arguments)
            {
                if (argument.Parameter is not { } parameter || argument.IsImplicit)
                {
                    continue;
                }

                if (IsSqlParameter(parameter))
                {
                    Check(context, argument.Value, isCertain: true);
                }
                else if (
                    parameter.Name is "schema"
                    || parameter.ContainingSymbol.Name is "SetSchema" or "SetViewSchema" or "SetDefaultSchema"
                )
                {
                    CheckName(context, argument.Value);
                }
            }

            if (
                context.Operation
                    is IInvocationOperation
                    {
                        TargetMethod.Name: "GetConnectionString",
                        Arguments: { Length: > 0 }
                    } setting
                && StringText.Of(setting.Arguments[^1].Value) is "Postgres"
            )
            {
                context.ReportDiagnostic(Administrator(setting, context));
            }

            if (
                context.Operation is IInvocationOperation function
                && (StringText.IsStringFunction(function.TargetMethod) || StringPieces.IsWhole(function))
                && !StringText.IsPart(function)
                && !GoesToDatabase(function)
            )
            {
                Check(context, function, isCertain: false);
            }
        }

        public void Assignment(OperationAnalysisContext context)
        {
            var assignment = (ISimpleAssignmentOperation)context.Operation;
            if (assignment.Target is IPropertyReferenceOperation { Property.Name: "CommandText" })
            {
                Check(context, assignment.Value, isCertain: true);
            }
            else if (
                assignment.Target is IPropertyReferenceOperation { Property: var property } target
                && (property.Name is "SearchPath" || IsSearchPath(target))
            )
            {
                CheckName(context, assignment.Value);
            }
        }

        /// <summary>A string that grows over several statements is whole after the last.</summary>
        public void Addition(OperationAnalysisContext context)
        {
            var more = (ICompoundAssignmentOperation)context.Operation;
            if (
                more.Target is ILocalReferenceOperation target
                && StringPieces.IsLast(more)
                && !StringPieces.AnyReference(target, GoesToDatabase)
            )
            {
                Check(context, more, isCertain: false);
            }
            else if (more.Target is IPropertyReferenceOperation { Property.Name: "CommandText" })
            {
                Check(context, more, StringPieces.OfProperty(more), isCertain: true);
            }
        }

        public void Attribute(SyntaxNodeAnalysisContext context)
        {
            if (
                context.Node is AttributeArgumentSyntax { NameEquals.Name.Identifier.ValueText: "Schema" } argument
                && context.SemanticModel.GetConstantValue(argument.Expression).Value is string schema
                && around.BySchema.ContainsKey(schema)
            )
            {
                context.ReportDiagnostic(
                    Problem(
                        argument.Expression.GetLocation(),
                        Symbols.Who(context.ContainingSymbol),
                        schema,
                        schema,
                        context.Compilation
                    )
                );
            }
        }

        public void Migration(AdditionalFileAnalysisContext context)
        {
            if (
                !context.AdditionalFile.Path.EndsWith(".sql", StringComparison.OrdinalIgnoreCase)
                || context.AdditionalFile.GetText(context.CancellationToken) is not { } source
            )
            {
                return;
            }

            var text = source.ToString();
            if (!Mentions(text))
            {
                return;
            }

            foreach (var finding in SqlNames.In(text, isCertain: true, around.BySchema.ContainsKey))
            {
                var span = TextSpan.FromBounds(
                    Math.Min(finding.Start, text.Length),
                    Math.Min(finding.End, text.Length)
                );
                context.ReportDiagnostic(
                    Problem(
                        Location.Create(context.AdditionalFile.Path, span, source.Lines.GetLinePositionSpan(span)),
                        $"The {(context.AdditionalFile.Path.Contains("Migrations") ? "migration" : "file")} "
                            + $"{Path.GetFileName(context.AdditionalFile.Path)} of {around.Own}",
                        finding.Schema,
                        finding.Written,
                        context.Compilation
                    )
                );
            }
        }

        private static bool IsSqlParameter(IParameterSymbol parameter) =>
            SqlParameters.Contains(parameter.Name)
            && (
                parameter.Type.SpecialType == SpecialType.System_String
                || parameter.Type.Name is "FormattableString" or "RawSqlString"
            );

        /// <summary>["Search Path"] of a connection string's builder.</summary>
        private static bool IsSearchPath(IPropertyReferenceOperation target) =>
            target
                is {
                    Property.IsIndexer: true,
                    Arguments: [{ Value.ConstantValue: { HasValue: true, Value: string key } }]
                }
            && string.Equals(key.Replace(" ", ""), "searchpath", StringComparison.OrdinalIgnoreCase);

        private static bool GoesToDatabase(IOperation operation)
        {
            var parent = operation.Parent;
            while (parent is IConversionOperation or IParenthesizedOperation or IConditionalOperation)
            {
                parent = parent.Parent;
            }

            return parent is IArgumentOperation { Parameter: { } parameter } && IsSqlParameter(parameter)
                || parent
                    is ISimpleAssignmentOperation
                    {
                        Target: IPropertyReferenceOperation { Property.Name: "CommandText" }
                    };
        }

        /// <summary>
        /// Also where characters may be spelled by number, and so a name does not stand there letter by letter.
        /// </summary>
        private bool Mentions(string text) =>
            text.IndexOf('\\') >= 0
            || text.IndexOf("u&", StringComparison.OrdinalIgnoreCase) >= 0
            || Array.Exists(schemas, schema => text.IndexOf(schema, StringComparison.OrdinalIgnoreCase) >= 0);

        private void Check(OperationAnalysisContext context, IOperation operation, bool isCertain) =>
            Check(context, operation, StringText.Of(operation), isCertain);

        private void Check(OperationAnalysisContext context, IOperation operation, string text, bool isCertain)
        {
            if (!Mentions(text))
            {
                return;
            }

            var findings = SqlNames.In(text, isCertain, around.BySchema.ContainsKey);
            foreach (var finding in findings)
            {
                context.ReportDiagnostic(
                    Problem(
                        Place(operation, finding.Written),
                        Symbols.Who(context.ContainingSymbol),
                        finding.Schema,
                        finding.Written,
                        context.Compilation
                    )
                );
            }

            if (findings.Count == 0)
            {
                CheckSettings(context, operation, text);
            }
        }

        /// <summary>
        /// A search path inside of a connection string, or the setting that holds another module's connection string.
        /// </summary>
        private void CheckSettings(OperationAnalysisContext context, IOperation operation, string text)
        {
            var path = OutrightPath.Match(text);
            var named = path.Success
                ? path.Groups["path"]
                    .Value.Split(',', ' ')
                    .Select(part => part.Trim('"', '\''))
                    .FirstOrDefault(around.BySchema.ContainsKey)
                : null;
            named ??= Named(Setting.Match(text).Groups["module"]) ?? Named(RoleOfModule.Match(text).Groups["role"]);

            if (named is not null)
            {
                context.ReportDiagnostic(
                    Problem(
                        Place(operation, named),
                        Symbols.Who(context.ContainingSymbol),
                        named,
                        named,
                        context.Compilation
                    )
                );
            }
        }

        private string? Named(Group part) =>
            part.Success
                ? around.BySchema.Keys.FirstOrDefault(schema =>
                    string.Equals(schema, part.Value, StringComparison.OrdinalIgnoreCase)
                )
                : null;

        private void CheckName(OperationAnalysisContext context, IOperation value)
        {
            if (StringText.Of(value) is var schema && around.BySchema.ContainsKey(schema))
            {
                context.ReportDiagnostic(
                    Problem(
                        value.Syntax.GetLocation(),
                        Symbols.Who(context.ContainingSymbol),
                        schema,
                        schema,
                        context.Compilation
                    )
                );
            }
        }

        /// <summary>The very name when it stands in the code as it stands in the SQL, else the whole string.</summary>
        private static Location Place(IOperation operation, string written)
        {
            var syntax = operation.Syntax;
            var at = syntax.ToString().IndexOf(written, StringComparison.OrdinalIgnoreCase);
            return at < 0
                ? syntax.GetLocation()
                : Location.Create(syntax.SyntaxTree, new TextSpan(syntax.SpanStart + at, written.Length));
        }

        private Diagnostic Administrator(IOperation place, OperationAnalysisContext context) =>
            Diagnostic.Create(
                Rule.ForeignSchema,
                place.Syntax.GetLocation(),
                $"{Symbols.Who(context.ContainingSymbol)} reads the administrator's connection string, before which "
                    + $"no wall stands; {Neighbourhood.Possessive(around.Own)} role sees its own schema only, and that "
                    + "is to be true of its code as well. Use the module's DbContext, or ModuleConnections of it; "
                    + "what needs an administrator is done by the Host."
            );

        private Diagnostic Problem(Location place, string who, string schema, string written, Compilation compilation)
        {
            var owner = around.BySchema[schema];
            var name = string.Equals(schema, written, StringComparison.Ordinal)
                ? $"schema '{schema}'"
                : $"{written} in schema '{schema}'";
            return Diagnostic.Create(
                Rule.ForeignSchema,
                place,
                $"{who} names {name}, which belongs to module {owner.Name}; {Neighbourhood.Possessive(around.Own)} "
                    + $"role cannot see it at run time either. {Neighbourhood.WaysOut(owner, compilation)}"
            );
        }
    }
}
