using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace BuildingBlocks.Analyzers.Slices;

/// <summary>
/// MM0009: a reaction or saga that sends mail or calls a service: with a client of its own, through what is injected,
/// at any depth, or through a port (an interface of the module named I...Gateway, I...Client or I...Mailer).
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class OutsideCallAnalyzer : DiagnosticAnalyzer
{
    private const int MaxDepth = 6;

    private static readonly string[] Clients =
    [
        "System.Net.Http.HttpMessageInvoker",
        "System.Net.Http.IHttpClientFactory",
        "System.Net.Http.HttpMessageHandler",
        "System.Net.Mail.SmtpClient",
        "System.Net.Sockets.TcpClient",
        "System.Net.Sockets.UdpClient",
        "System.Net.Sockets.Socket",
        "System.Net.WebRequest",
        "System.Net.WebClient",
        "System.Net.WebSockets.WebSocket",
        "System.Net.NetworkInformation.Ping",
        "System.Net.Security.SslStream",
        "System.Net.Quic.QuicConnection",
        "System.Diagnostics.Process",
        "MailKit.Net.Smtp.SmtpClient",
        "MailKit.MailService",
        "Grpc.Core.ClientBase",
        "Grpc.Net.Client.GrpcChannel",
        "RabbitMQ.Client.IConnection",
        "RabbitMQ.Client.IChannel",
    ];

    private static readonly string[] PortEndings = ["Gateway", "Client", "Mailer"];

    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rule.OutsideCall];

    /// <inheritdoc />
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(start =>
        {
            Search search = new(start.Compilation);
            start.RegisterSymbolAction(search.Injected, SymbolKind.NamedType);
            start.RegisterOperationAction(
                search.Used,
                OperationKind.ObjectCreation,
                OperationKind.Invocation,
                OperationKind.PropertyReference
            );
        });
    }

    private sealed class Search(Compilation compilation)
    {
        private readonly ConcurrentDictionary<ITypeSymbol, string> reach = new(SymbolEqualityComparer.Default);
        private readonly Lazy<ImmutableArray<INamedTypeSymbol>> own = new(() =>
            [.. Symbols.TypesOf(compilation.Assembly.GlobalNamespace)]
        );

        /// <summary>What a reaction gets through its constructor.</summary>
        public void Injected(SymbolAnalysisContext context)
        {
            var type = (INamedTypeSymbol)context.Symbol;
            if (!Reactions.Is(type))
            {
                return;
            }

            foreach (
                var parameter in type
                    .InstanceConstructors.Where(one => !one.IsImplicitlyDeclared || one.Parameters.Length > 0)
                    .SelectMany(one => one.Parameters)
            )
            {
                if (
                    !SymbolEqualityComparer.Default.Equals(parameter.Type, type)
                    && Path(parameter.Type, 0) is { Length: > 0 } path
                )
                {
                    Report(
                        context.ReportDiagnostic,
                        parameter.Locations.FirstOrDefault() ?? type.Locations[0],
                        type,
                        $"is given {path}"
                    );
                }
            }
        }

        /// <summary>What a reaction makes, calls or looks up in its body.</summary>
        public void Used(OperationAnalysisContext context)
        {
            if (!Reactions.Contain(context.ContainingSymbol))
            {
                return;
            }

            var (types, does) = context.Operation switch
            {
                IObjectCreationOperation { Type: { } made } => ([made], "makes"),
                IInvocationOperation { TargetMethod: { IsGenericMethod: true } called }
                    when called.Name.StartsWith("Get", StringComparison.Ordinal) => (called.TypeArguments, "looks up"),
                IInvocationOperation
                {
                    TargetMethod.Name: "GetService"
                        or "GetRequiredService"
                        or "GetKeyedService"
                        or "GetRequiredKeyedService"
                        or "CreateInstance"
                } call
                    when call.Arguments.Select(argument => argument.Value).OfType<ITypeOfOperation>().FirstOrDefault()
                        is { } named => ([named.TypeOperand], "looks up"),
                IInvocationOperation { TargetMethod: { IsStatic: true } called } => ([called.ContainingType], "calls"),
                IPropertyReferenceOperation { Property: { IsStatic: true } property } => ([property.Type], "uses"),
                _ => (ImmutableArray<ITypeSymbol>.Empty, ""),
            };
            foreach (var type in types)
            {
                if (Path(type, 0) is { Length: > 0 } path)
                {
                    Report(
                        context.ReportDiagnostic,
                        context.Operation.Syntax.GetLocation(),
                        context.ContainingSymbol,
                        $"{does} {path}"
                    );
                    return;
                }
            }
        }

        /// <summary>
        /// How a type leads out of the database, such as "Receipts, which has HttpClient"; empty when it does not.
        /// </summary>
        private string Path(ITypeSymbol type, int depth)
        {
            if (type is not INamedTypeSymbol named || depth > MaxDepth)
            {
                return "";
            }

            if (reach.TryGetValue(type, out var known))
            {
                return known;
            }

            var path =
                Array.Exists(Clients, named.Is) || IsPort(named)
                    ? named.Name
                    : named
                        .TypeArguments.Select(argument => Path(argument, depth + 1))
                        .FirstOrDefault(one => one.Length > 0)
                        ?? (IsOwn(named) ? Inside(named, depth) : "");
            return reach.GetOrAdd(type, path);
        }

        private string Inside(INamedTypeSymbol type, int depth)
        {
            // Nothing is known of it yet, and nothing is to be asked again on the way round.
            IEnumerable<INamedTypeSymbol> implementations =
                type.TypeKind == TypeKind.Interface || type.IsAbstract
                    ? own.Value.Where(one =>
                        one.TypeKind == TypeKind.Class && one.Ancestors().Contains(type, SymbolEqualityComparer.Default)
                    )
                    : [type];
            foreach (var implementation in implementations)
            {
                // An entity or an event leads nowhere; what the container makes has constructor parameters, and what is
                // static has fields.
                var parts = implementation
                    .InstanceConstructors.Where(one => !IsCopy(one))
                    .SelectMany(one => one.Parameters)
                    .Select(parameter => parameter.Type)
                    .Concat(implementation.GetMembers().OfType<IFieldSymbol>().Select(field => field.Type));
                foreach (
                    var part in parts.Where(part =>
                        !SymbolEqualityComparer.Default.Equals(part, type)
                        && !SymbolEqualityComparer.Default.Equals(part, implementation)
                    )
                )
                {
                    if (Path(part, depth + 1) is { Length: > 0 } path)
                    {
                        return $"{type.Name}, which has {path}";
                    }
                }
            }

            return "";
        }

        private static bool IsCopy(IMethodSymbol constructor) =>
            constructor.Parameters is [{ } only]
            && SymbolEqualityComparer.Default.Equals(only.Type, constructor.ContainingType);

        private bool IsOwn(INamedTypeSymbol type) =>
            SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, compilation.Assembly);

        private bool IsPort(INamedTypeSymbol type) =>
            type.TypeKind == TypeKind.Interface
            && IsOwn(type)
            && Array.Exists(PortEndings, ending => type.Name.EndsWith(ending, StringComparison.Ordinal));

        private static void Report(Action<Diagnostic> report, Location place, ISymbol who, string what) =>
            report(
                Diagnostic.Create(
                    Rule.OutsideCall,
                    place,
                    $"{Symbols.Who(who)} {what}, and so reaches out of the database inside of a transaction: rolled "
                        + "back and run again, the reaction would do it again. "
                        + "Call out in an IOutboundReaction, which runs outside of any transaction and has the event's "
                        + "id as idempotency key (docs/guides/outbound.md), or publish an event that asks for it."
                )
            );
    }
}
