using System.Reflection;
using System.Security.Claims;
using BuildingBlocks.Application;
using FluentValidation;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace BuildingBlocks.Web;

/// <summary>
/// Validates the bodies of endpoints that send no request to a module, as those of modules are validated.
/// </summary>
public static class RequestValidation
{
    private static readonly Type[] FromContext =
    [
        typeof(string),
        typeof(HttpContext),
        typeof(HttpRequest),
        typeof(HttpResponse),
        typeof(ClaimsPrincipal),
    ];

    /// <summary>
    /// Has every body that an endpoint of the group takes validated before the endpoint sees it. An endpoint whose body
    /// has no validator in the container cannot be called: nobody would notice what is left out of it.
    /// </summary>
    public static RouteGroupBuilder ValidatesBodies(this RouteGroupBuilder group) =>
        group.AddEndpointFilterFactory(
            (endpoint, next) =>
            {
                var known = endpoint.ApplicationServices.GetRequiredService<IServiceProviderIsService>();
                var parameters = endpoint.MethodInfo.GetParameters();
                var position = Array.FindIndex(parameters, parameter => IsBody(parameter, known));
                if (position < 0)
                {
                    return next;
                }

                var type = parameters[position].ParameterType;
                if (!known.IsService(typeof(IValidator<>).MakeGenericType(type)))
                {
                    throw new InvalidOperationException(
                        $"{endpoint.MethodInfo.Name} takes a {type.Name} that nobody validates; add "
                            + $"{type.Name}Validator to the container."
                    );
                }

                var validation = (Validation)Activator.CreateInstance(typeof(Validation<>).MakeGenericType(type))!;
                return async invocation =>
                    await validation.RefusalOf(invocation.Arguments[position]!, invocation.HttpContext) is { } refusal
                        ? Problems.From(refusal)
                        : await next(invocation);
            }
        );

    // As ASP.NET Core decides it: what is neither bound from elsewhere nor a service.
    private static bool IsBody(ParameterInfo parameter, IServiceProviderIsService known)
    {
        var (type, attributes) = (parameter.ParameterType, parameter.GetCustomAttributes());
        var isElsewhere =
            attributes.Any(attribute => attribute is AsParametersAttribute or IFromServiceMetadata)
            || FromContext.Contains(type)
            || type.IsArray
            || known.IsService(type);
        return attributes.Any(attribute => attribute is IFromBodyMetadata) || (type.IsClass && !isElsewhere);
    }

    private abstract class Validation
    {
        public abstract Task<Error?> RefusalOf(object body, HttpContext context);
    }

    private sealed class Validation<TBody> : Validation
    {
        public override async Task<Error?> RefusalOf(object body, HttpContext context)
        {
            ValidationBehavior<TBody, Result> behavior = new(context.RequestServices.GetServices<IValidator<TBody>>());
            return (
                await behavior.Handle((TBody)body, context.RequestAborted, () => Task.FromResult(Result.Done))
            ).Error;
        }
    }
}
