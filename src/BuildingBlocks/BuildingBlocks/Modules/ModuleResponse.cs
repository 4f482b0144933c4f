using BuildingBlocks.EventLog.Consuming;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace BuildingBlocks.Modules;

/// <summary>
/// The response as a module's endpoint is given it: what the module has done when it starts or is complete, and what it
/// has disposed of then, runs as code of that module. The server calls it outside of the endpoint's flow.
/// </summary>
internal sealed class ModuleResponse(string module, IHttpResponseFeature response) : IHttpResponseFeature
{
    public int StatusCode
    {
        get => response.StatusCode;
        set => response.StatusCode = value;
    }

    public string? ReasonPhrase
    {
        get => response.ReasonPhrase;
        set => response.ReasonPhrase = value;
    }

    public IHeaderDictionary Headers
    {
        get => response.Headers;
        set => response.Headers = value;
    }

    [Obsolete("Part of the interface; bodies are written through IHttpResponseBodyFeature.")]
    public Stream Body
    {
        get => response.Body;
        set => response.Body = value;
    }

    public bool HasStarted => response.HasStarted;

    public void OnStarting(Func<object, Task> callback, object state) => response.OnStarting(AsModule(callback), state);

    public void OnCompleted(Func<object, Task> callback, object state) =>
        response.OnCompleted(AsModule(callback), state);

    private Func<object, Task> AsModule(Func<object, Task> callback) =>
        async state =>
        {
            using var stay = ModuleCode.Enter(module);
            await callback(state);
        };
}
