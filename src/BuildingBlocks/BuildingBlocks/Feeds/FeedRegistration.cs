using BuildingBlocks.Database;
using BuildingBlocks.EventLog.Feeds;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace BuildingBlocks.Feeds;

/// <summary>Registers events that cross processes.</summary>
internal static class FeedRegistration
{
    /// <summary>
    /// Registers readers and pullers, where the settings name any; without either nothing runs and nobody is served.
    /// </summary>
    public static void AddFeeds(this IServiceCollection services, IConfiguration configuration)
    {
        var feeds = FeedsOptions.Of(configuration);
        services.AddSingleton(feeds);
        if (feeds.Sources.Count == 0 && feeds.Readers.Count == 0)
        {
            return;
        }

        services.AddSingleton<FeedTokens>();
        services.AddSingleton(provider => new FeedClient(feeds, provider.GetRequiredService<FeedTokens>()));
        services.AddSingleton(provider =>
            ActivatorUtilities.CreateInstance<FeedWork>(
                provider,
                (Func<string, Npgsql.NpgsqlDataSource>)provider.GetRequiredService<ModuleDataSources>().OfFeed,
                (Func<FeedQuestion, CancellationToken, Task<FeedAnswer>>)
                    provider.GetRequiredService<FeedClient>().AskAsync
            )
        );
        if (feeds.Readers.Count > 0)
        {
            services.AddSingleton<ServedFeeds>();
            services
                .AddAuthentication()
                .AddScheme<AuthenticationSchemeOptions, FeedSignIn>(FeedSignIn.Scheme, configureOptions: null);
        }
    }
}
