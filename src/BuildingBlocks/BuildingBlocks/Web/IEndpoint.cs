using Microsoft.AspNetCore.Routing;

namespace BuildingBlocks.Web;

/// <summary>
/// Maps one use case to its address; found by this interface in the module's assembly. It demands or openly waives
/// authorization.
/// </summary>
public interface IEndpoint
{
    /// <summary>Adds the route.</summary>
    static abstract void Map(IEndpointRouteBuilder routes);
}
