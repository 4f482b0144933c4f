using BuildingBlocks.EventLog.Hosting;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace BuildingBlocks.Web;

/// <summary>Finds addresses and names that two endpoints claim, before a request does: routing would answer it with a failure for everybody.</summary>
public static class EndpointClaims
{
    // Route constraints that no value of another kind meets. Of all others that is not known, so they count as the same.
    private static readonly Dictionary<string, string> Kinds = new(StringComparer.OrdinalIgnoreCase)
    {
        ["int"] = "number",
        ["long"] = "number",
        ["decimal"] = "number",
        ["double"] = "number",
        ["guid"] = "guid",
        ["bool"] = "bool",
        ["datetime"] = "datetime",
    };

    /// <summary>Looks at all that has been mapped.</summary>
    /// <exception cref="StartupException">Lists every claim that is made twice, and by whom.</exception>
    public static void EnsureDistinct(IEndpointRouteBuilder routes)
    {
        RouteEndpoint[] all = [.. routes.DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()];
        List<string> faults =
        [
            .. from same in all.Where(one => one.Metadata.GetMetadata<IEndpointNameMetadata>() is not null)
                   .GroupBy(one => one.Metadata.GetRequiredMetadata<IEndpointNameMetadata>().EndpointName, StringComparer.Ordinal)
               where same.Count() > 1
               select $"{string.Join(" and ", same.Select(Named))} are all named '{same.Key}'; give each a name of its own.",
        ];

        // Whatever can match the same request has the same precedence and order.
        foreach (var alike in all.GroupBy(one => (one.Order, one.RoutePattern.InboundPrecedence, one.RoutePattern.PathSegments.Count)).Select(group => group.ToArray()))
        {
            for (var i = 0; i < alike.Length; i++)
            {
                faults.AddRange(
                    from other in alike.Skip(i + 1)
                    where Overlap(alike[i], other)
                    select $"{Named(alike[i])} and {Named(other)} answer the same requests; give one another address or method.");
            }
        }

        if (faults.Count > 0)
        {
            throw new StartupException($"Endpoints claim the same ({faults.Count} faults):\n{string.Join('\n', faults.Select(fault => $"- {fault}"))}");
        }
    }

    private static bool Overlap(RouteEndpoint one, RouteEndpoint other) =>
        Meet(MethodsOf(one), MethodsOf(other)) && Meet(ContentTypesOf(one), ContentTypesOf(other))
        && one.RoutePattern.PathSegments.Zip(other.RoutePattern.PathSegments).All(pair => Overlap(pair.First, pair.Second, one.RoutePattern, other.RoutePattern));

    private static bool Overlap(RoutePatternPathSegment one, RoutePatternPathSegment other, RoutePattern of, RoutePattern ofOther) =>
        (one.Parts, other.Parts) switch
        {
            ([RoutePatternLiteralPart first], [RoutePatternLiteralPart second]) => string.Equals(first.Content, second.Content, StringComparison.OrdinalIgnoreCase),
            ([RoutePatternParameterPart first], [RoutePatternParameterPart second]) =>
                KindOf(first, of) is not { } kind || KindOf(second, ofOther) is not { } otherKind || string.Equals(kind, otherKind, StringComparison.Ordinal),
            _ => string.Equals(ShapeOf(one), ShapeOf(other), StringComparison.OrdinalIgnoreCase),
        };

    private static string? KindOf(RoutePatternParameterPart parameter, RoutePattern pattern) =>
        pattern.ParameterPolicies.TryGetValue(parameter.Name, out var policies)
            ? policies.Select(policy => Kinds.GetValueOrDefault(policy.Content ?? "")).FirstOrDefault(kind => kind is not null)
            : null;

    private static string ShapeOf(RoutePatternPathSegment segment) =>
        string.Concat(segment.Parts.Select(part => part is RoutePatternParameterPart ? "{}" : part is RoutePatternLiteralPart literal ? literal.Content : "."));

    /// <returns>Empty for all.</returns>
    private static IReadOnlyList<string> MethodsOf(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [];

    private static IReadOnlyList<string> ContentTypesOf(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.ContentTypes ?? [];

    private static bool Meet(IReadOnlyList<string> some, IReadOnlyList<string> others) =>
        some.Count == 0 || others.Count == 0 || some.Intersect(others, StringComparer.OrdinalIgnoreCase).Any();

    private static string Named(RouteEndpoint endpoint)
    {
        var owner = endpoint.Metadata.GetMetadata<EndpointModule>() is { } module ? $"module {module.Name}" : "the Host";
        var methods = MethodsOf(endpoint) is { Count: > 0 } some ? string.Join('/', some) : "any method";
        return $"{methods} /{endpoint.RoutePattern.RawText?.TrimStart('/')} of {owner}";
    }
}
