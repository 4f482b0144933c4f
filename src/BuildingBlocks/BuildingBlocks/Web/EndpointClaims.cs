using BuildingBlocks.EventLog.Hosting;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Net.Http.Headers;

namespace BuildingBlocks.Web;

/// <summary>
/// Finds addresses and names that two endpoints claim, before a request does: routing would answer it with a failure
/// for everybody, or with what comes first. Inside a module, and in the Host, routing may choose; between them nothing
/// does, be it an order, a content type or a constraint. A fixed address such as <c>/orders/newest</c> may stand beside
/// another's <c>/orders/{id}</c>.
/// </summary>
public static class EndpointClaims
{
    // What a constraint takes, as far as it is known to leave something out. All others, such as alpha, count as
    // everything.
    private static readonly Dictionary<string, Texts> Kinds = new(StringComparer.OrdinalIgnoreCase)
    {
        ["int"] = Texts.Numbers,
        ["long"] = Texts.Numbers,
        ["decimal"] = Texts.Numbers,
        // 32 digits are a guid as well.
        ["float"] = Texts.Numbers | Texts.Guids,
        ["double"] = Texts.Numbers | Texts.Guids,
        // 1.5 is the fifth of January.
        ["datetime"] = Texts.Numbers | Texts.Dates,
        ["guid"] = Texts.Guids,
        ["bool"] = Texts.Words,
    };

    private const StringComparison Ignored = StringComparison.OrdinalIgnoreCase;

    [Flags]
    private enum Texts
    {
        None = 0,
        Numbers = 1,
        Guids = 2,
        Dates = 4,
        Words = 8,
        All = Numbers | Guids | Dates | Words,
    }

    /// <summary>Looks at all that has been mapped.</summary>
    /// <exception cref="StartupException">Lists every claim that is made twice, and by whom.</exception>
    public static void EnsureDistinct(IEndpointRouteBuilder routes)
    {
        RouteEndpoint[] all = [.. routes.DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()];
        List<string> faults =
        [
            .. from same in all.Where(one => one.Metadata.GetMetadata<IEndpointNameMetadata>() is not null)
                .GroupBy(
                    one => one.Metadata.GetRequiredMetadata<IEndpointNameMetadata>().EndpointName,
                    StringComparer.Ordinal
                )
            where same.Count() > 1
            select $"{string.Join(" and ", same.Select(Named))} are all named '{same.Key}'; give each a name of its "
                + "own.",
        ];

        faults.AddRange(
            from one in all
            where one.Order != 0 && OwnerOf(one) is not null
            select $"{Named(one)} has the order {one.Order}, and so its turn before or after all others; "
                + "take the order away."
        );
        for (var i = 0; i < all.Length; i++)
        {
            faults.AddRange(
                from other in all.Skip(i + 1)
                where Overlap(all[i], other)
                select $"{Named(all[i])} and {Named(other)} answer the same requests; "
                    + "give one another address or method."
            );
        }

        if (faults.Count > 0)
        {
            throw new StartupException(
                $"Endpoints claim the same ({faults.Count} "
                    + $"faults):\n{string.Join('\n', faults.Select(fault => $"- {fault}"))}"
            );
        }
    }

    private static bool Overlap(RouteEndpoint one, RouteEndpoint other) =>
        Meet(MethodsOf(one), MethodsOf(other), IsSame)
        && (
            string.Equals(OwnerOf(one), OwnerOf(other), StringComparison.Ordinal)
                ? Rank(one) == Rank(other)
                    && Meet(ContentTypesOf(one), ContentTypesOf(other), MeetContentTypes)
                    && OverlapSegments(one, other)
                : OverlapSegments(one, other)
        );

    /// <summary>Where it differs, routing has a first choice.</summary>
    private static (int Order, decimal Precedence, int Segments) Rank(RouteEndpoint endpoint) =>
        (endpoint.Order, endpoint.RoutePattern.InboundPrecedence, endpoint.RoutePattern.PathSegments.Count);

    private static bool OverlapSegments(RouteEndpoint one, RouteEndpoint other)
    {
        var (some, others) = (one.RoutePattern.PathSegments, other.RoutePattern.PathSegments);
        for (var i = 0; i < Math.Max(some.Count, others.Count); i++)
        {
            var (segment, another) = (some.ElementAtOrDefault(i), others.ElementAtOrDefault(i));
            if (IsRest(segment) || IsRest(another))
            {
                // What answers only where nothing else does, such as MapFallback, leaves parameters to others.
                var rest = IsRest(segment) ? one : other;
                return (IsRest(segment) && IsRest(another))
                    || (MayBeParameter(segment) && MayBeParameter(another) && rest.Order <= 0);
            }

            if (
                segment is null || another is null
                    ? !MayBeLeftOut(segment ?? another!)
                    : !Overlap(segment, another, one.RoutePattern, other.RoutePattern)
            )
            {
                return false;
            }
        }

        return true;
    }

    private static bool Overlap(
        RoutePatternPathSegment one,
        RoutePatternPathSegment other,
        RoutePattern of,
        RoutePattern ofOther
    ) =>
        (one.Parts, other.Parts) switch
        {
            ([RoutePatternParameterPart first], [RoutePatternParameterPart second]) => (
                KindOf(first, of) & KindOf(second, ofOther)
            ) != Texts.None,
            _ when IsLiteral(one) && IsLiteral(other) => IsSame(Start(one.Parts), Start(other.Parts)),
            // Routing asks the literal first.
            _ when IsLiteral(one) || IsLiteral(other) => false,
            _ => Agree(Start(one.Parts), Start(other.Parts), (text, part) => text.StartsWith(part, Ignored))
                && Agree(End(one.Parts), End(other.Parts), (text, part) => text.EndsWith(part, Ignored)),
        };

    private static bool Agree(string one, string other, Func<string, string, bool> includes) =>
        includes(one, other) || includes(other, one);

    private static bool IsSame(string one, string other) => string.Equals(one, other, Ignored);

    private static Texts KindOf(RoutePatternParameterPart parameter, RoutePattern pattern) =>
        pattern.ParameterPolicies.TryGetValue(parameter.Name, out var policies)
            ? policies.Aggregate(Texts.All, (kind, policy) =>
                kind & Kinds.GetValueOrDefault(policy.Content ?? "", Texts.All)
            )
            : Texts.All;

    private static bool IsLiteral(RoutePatternPathSegment? segment) => segment?.Parts is [RoutePatternLiteralPart];

    private static bool MayBeParameter(RoutePatternPathSegment? segment) => segment is not null && !IsLiteral(segment);

    private static bool IsRest(RoutePatternPathSegment? segment) =>
        segment?.Parts is [RoutePatternParameterPart { IsCatchAll: true }];

    private static bool MayBeLeftOut(RoutePatternPathSegment segment) =>
        segment.Parts is [RoutePatternParameterPart parameter]
        && (parameter.IsOptional || parameter.Default is not null);

    /// <summary>What every value of the segment begins with.</summary>
    private static string Start(IEnumerable<RoutePatternPart> parts) => string.Concat(LiteralsOf(parts));

    /// <summary>What every value of the segment ends with.</summary>
    private static string End(IEnumerable<RoutePatternPart> parts) =>
        string.Concat(LiteralsOf(parts.Reverse()).Reverse());

    private static IEnumerable<string> LiteralsOf(IEnumerable<RoutePatternPart> parts) =>
        parts
            .TakeWhile(part => part is RoutePatternLiteralPart)
            .Cast<RoutePatternLiteralPart>()
            .Select(part => part.Content);

    private static string? OwnerOf(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<EndpointModule>()?.Name;

    /// <returns>Empty for all.</returns>
    private static IReadOnlyList<string> MethodsOf(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is { } methods
        && !methods.Contains("*", StringComparer.Ordinal)
            ? methods
            : [];

    private static IReadOnlyList<string> ContentTypesOf(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.ContentTypes ?? [];

    private static bool MeetContentTypes(string one, string other) =>
        !MediaTypeHeaderValue.TryParse(one, out var type)
        || !MediaTypeHeaderValue.TryParse(other, out var another)
        || type.IsSubsetOf(another)
        || another.IsSubsetOf(type);

    private static bool Meet(
        IReadOnlyList<string> some,
        IReadOnlyList<string> others,
        Func<string, string, bool> meets
    ) => some.Count == 0 || others.Count == 0 || some.Any(one => others.Any(other => meets(one, other)));

    private static string Named(RouteEndpoint endpoint)
    {
        var owner = OwnerOf(endpoint) is { } module ? $"module {module}" : "the Host";
        var methods = MethodsOf(endpoint) is { Count: > 0 } some ? string.Join('/', some) : "any method";
        return $"{methods} /{endpoint.RoutePattern.RawText?.TrimStart('/')} of {owner}";
    }
}
