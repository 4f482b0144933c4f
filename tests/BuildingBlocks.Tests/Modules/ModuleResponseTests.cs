using System.Collections.Concurrent;
using BuildingBlocks.EventLog.Consuming;
using BuildingBlocks.Modules;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BuildingBlocks.Tests.Modules;

/// <summary>What a module leaves behind for the server to call is still its code.</summary>
public sealed class ModuleResponseTests
{
    [Fact]
    public async Task What_a_module_has_done_around_its_answer_runs_as_its_code()
    {
        ConcurrentDictionary<string, string?> ran = new(StringComparer.Ordinal);
        TaskCompletionSource all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRouting();
        await using var app = builder.Build();
        app.UseRouting();
        app.MapGet("/", ModuleHosting.AsCodeOf("stranger", context =>
            {
                context.Response.OnStarting(() => Note("starting"));
                context.Response.OnCompleted(() => Note("completed"));
                context.Response.RegisterForDispose(new Disposed(() => Note("disposed")));
                context.Response.RegisterForDisposeAsync(new Disposed(() => Note("disposed asynchronously")));
                return context.Response.WriteAsync("answer");
            }));
        await app.StartAsync(TestContext.Current.CancellationToken);
        using HttpClient http = new() { BaseAddress = new(app.Urls.Single()) };

        (await http.GetStringAsync("/", TestContext.Current.CancellationToken)).ShouldBe("answer");
        await all.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        ran.Keys.Order(StringComparer.Ordinal)
            .ShouldBe(["completed", "disposed", "disposed asynchronously", "starting"]);
        ran.Values.ShouldAllBe(module => module == "stranger");

        Task Note(string what)
        {
            ran[what] = ModuleCode.Current;
            if (ran.Count == 4)
            {
                all.TrySetResult();
            }

            return Task.CompletedTask;
        }
    }

    private sealed class Disposed(Func<Task> then) : IDisposable, IAsyncDisposable
    {
        public void Dispose() => _ = then();

        public async ValueTask DisposeAsync() => await then();
    }
}
