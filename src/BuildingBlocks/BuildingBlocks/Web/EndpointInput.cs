using System.IO.Pipelines;
using System.Reflection;
using System.Runtime.CompilerServices;
using FluentValidation;
using FluentValidation.Validators;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace BuildingBlocks.Web;

/// <summary>What an endpoint takes from a request, as its handler declares it.</summary>
internal sealed class EndpointInput
{
    /// <summary>The media type of forms without files.</summary>
    public const string UrlEncoded = "application/x-www-form-urlencoded";

    private const string EndpointSuffix = "Endpoint";

    private static readonly ConditionalWeakTable<Endpoint, EndpointInput> Known = [];

    private readonly Dictionary<string, Type> query = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Type> parameters = new(StringComparer.OrdinalIgnoreCase);
    private readonly MethodInfo? handler;

    private EndpointInput(RouteEndpoint endpoint)
    {
        handler = endpoint.Metadata.GetMetadata<MethodInfo>();
        TokenForm = endpoint.Metadata.GetMetadata<TokenEndpoint>()?.Form;
        if (endpoint.Metadata.GetMetadata<IAcceptsMetadata>() is { } body)
        {
            BodyType = body.RequestType;
            FormTypes = [.. body.ContentTypes.Where(type => type.Contains("form", StringComparison.OrdinalIgnoreCase))];
        }

        if (GrantsTokens)
        {
            // By the RFC, and no other.
            FormTypes = [UrlEncoded];
        }

        foreach (var parameter in endpoint.Metadata.OfType<IParameterBindingMetadata>())
        {
            var (name, type) = (QueryNameOf(parameter, endpoint), parameter.ParameterInfo.ParameterType);
            parameters[parameter.Name] = type;
            if (name is not null)
            {
                (parameters[name], query[name]) = (type, type);
            }
        }
    }

    /// <summary>Whether what it takes is bound to its handler's parameters; else it reads requests by itself.</summary>
    public bool Binds => handler is not null;

    /// <summary>Whether a body is read into its type or a form, or there is none to read.</summary>
    public bool BindsBody => Binds && BodyType != typeof(Stream) && BodyType != typeof(PipeReader);

    /// <summary>What the body is read into; null when the endpoint takes none.</summary>
    public Type? BodyType { get; }

    /// <summary>Whether tokens are given here, where a form is refused as the RFC has it.</summary>
    public bool GrantsTokens => TokenForm is not null;

    /// <summary>
    /// Describes the form that tokens are given for; others than its fields are left alone, as the RFC has it.
    /// </summary>
    public Type? TokenForm { get; }

    /// <summary>The media types of the forms that the body may be; none when it is no form.</summary>
    public IReadOnlyList<string> FormTypes { get; } = [];

    public static EndpointInput Of(RouteEndpoint endpoint) => Known.GetValue(endpoint, one => new((RouteEndpoint)one));

    /// <summary>
    /// Notes parameters that there are not or that are given twice, and values that an enumeration has not.
    /// </summary>
    public void CheckQuery(IQueryCollection given, InputFaults faults)
    {
        if (!Binds)
        {
            return;
        }

        foreach (var (name, values) in given)
        {
            var place = InputFaults.Readable(name);
            if (name.Length == 0)
            {
                faults.Add(HttpErrors.UnknownParameter.Code, place, HttpErrors.NamelessParameter);
            }
            else if (!query.TryGetValue(name, out var type))
            {
                faults.Add(HttpErrors.UnknownParameter.Code, place, HttpErrors.NoneOf(place, query.Keys));
            }
            else if (values.Count > 1 && !type.IsArray)
            {
                faults.Add(HttpErrors.InvalidParameter.Code, place, HttpErrors.GivenTwiceAt(place));
            }
            else if (
                EnumValues.Of(type) is { } known
                && values is [{ Length: > 0 } value]
                && !known.Contains(value, StringComparer.OrdinalIgnoreCase)
            )
            {
                faults.Add(HttpErrors.UnknownValue.Code, place, HttpErrors.MustBeOneOf(place, known));
            }
        }
    }

    /// <summary>What a parameter has to be, with the range that the validator of its request gives it.</summary>
    public string ExpectationOf(string parameter, IServiceProvider services)
    {
        var type = parameters.GetValueOrDefault(parameter);
        return (Nullable.GetUnderlyingType(type ?? typeof(object)) ?? type) switch
        {
            { } number when number == typeof(int) || number == typeof(long) || number == typeof(short) =>
                $"must be a whole number{RangeOf(parameter, services)}",
            { } id when id == typeof(Guid) => "must be a UUID such as 0198a000-0000-7000-8000-000000000001",
            { } time when time == typeof(DateTimeOffset) || time == typeof(DateTime) =>
                "must be a time such as 2026-01-31T12:00:00Z",
            { } truth when truth == typeof(bool) => "must be true or false",
            _ => "has no valid value",
        };
    }

    /// <summary>The name in the query; null for what comes from elsewhere.</summary>
    private static string? QueryNameOf(IParameterBindingMetadata parameter, RouteEndpoint endpoint)
    {
        var (attributes, type) = (parameter.ParameterInfo.GetCustomAttributes(), parameter.ParameterInfo.ParameterType);
        if (attributes.OfType<IFromQueryMetadata>().FirstOrDefault() is { } declared)
        {
            return declared.Name ?? parameter.Name;
        }

        var isElsewhere =
            attributes.Any(attribute =>
                attribute
                    is IFromRouteMetadata
                        or IFromHeaderMetadata
                        or IFromBodyMetadata
                        or IFromFormMetadata
                        or IFromServiceMetadata
            )
            || endpoint.RoutePattern.Parameters.Any(part =>
                part.Name.Equals(parameter.Name, StringComparison.OrdinalIgnoreCase)
            );
        var isSimple = parameter.HasTryParse || type == typeof(string) || type.IsArray;
        return isSimple && !isElsewhere ? parameter.Name : null;
    }

    private string RangeOf(string parameter, IServiceProvider services)
    {
        if (
            RequestType() is not { } request
            || services.GetService(typeof(IValidator<>).MakeGenericType(request)) is not IValidator validator
        )
        {
            return "";
        }

        var range = validator
            .CreateDescriptor()
            .GetMembersWithValidators()
            .Where(member => string.Equals(member.Key, parameter, StringComparison.OrdinalIgnoreCase))
            .SelectMany(member => member.Select(rule => rule.Validator))
            .OfType<IBetweenValidator>()
            .FirstOrDefault();
        return range is null ? "" : FormattableString.Invariant($" from {range.From} to {range.To}");
    }

    // A use case's types extend its name: ListOrdersEndpoint maps ListOrders, by a lambda in a class nested into it.
    private Type? RequestType()
    {
        var endpoint = handler?.DeclaringType;
        while (endpoint is { IsNested: true })
        {
            endpoint = endpoint.DeclaringType;
        }

        return endpoint?.FullName is { } name && name.EndsWith(EndpointSuffix, StringComparison.Ordinal)
            ? endpoint.Assembly.GetType(name[..^EndpointSuffix.Length])
            : null;
    }
}

/// <summary>The values of an enumeration as requests spell them.</summary>
internal static class EnumValues
{
    /// <summary>Null when it is none.</summary>
    public static IReadOnlyList<string>? Of(Type? type) =>
        (Nullable.GetUnderlyingType(type ?? typeof(object)) ?? type) is { IsEnum: true } values
            ? [.. Enum.GetNames(values).Select(System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName)]
            : null;
}
