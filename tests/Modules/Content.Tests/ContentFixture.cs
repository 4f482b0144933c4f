using BuildingBlocks.Application;
using BuildingBlocks.Testing;
using Content.Features;
using MediatR;
using Npgsql;

namespace Content.Tests;

/// <summary>Content with the categories news and how-to.</summary>
public sealed class ContentFixture : ModuleFixture<ContentModule>
{
    /// <summary>A new draft of an author, and what it is changed with.</summary>
    internal async Task<EditPost> Draft(
        Guid authorId,
        string title = "A title",
        string body = "A body",
        params string[] categories
    )
    {
        var postId = (
            await Send(new WritePost(Guid.CreateVersion7(), authorId, title, body, categories), As.User(authorId))
        )
            .Succeeded()
            .PostId;
        return new(postId, title, body, categories, Revision: 1);
    }

    /// <summary>A new post of an author that anybody can read.</summary>
    internal async Task<EditPost> Published(Guid authorId, string title = "A title", params string[] categories)
    {
        var draft = await Draft(authorId, title, "A body", categories);
        (await Send(new PublishPost(draft.PostId), As.User(authorId))).Succeeded();
        return draft;
    }

    /// <summary>
    /// Sends all while somebody else holds the post's row, and lets them go on when they have all read and wait to
    /// write.
    /// </summary>
    internal async Task<TResult[]> SendAtOnce<TResult>(
        Guid postId,
        IReadOnlyCollection<IRequest<TResult>> requests,
        As caller
    )
        where TResult : IRefusable<TResult>
    {
        await using var connection = await OwnerSql.Connections.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using NpgsqlCommand hold = new(
            $"select 1 from posts where id = '{postId}' for update",
            connection,
            transaction
        );
        await hold.ExecuteScalarAsync();
        var sent = requests.Select(request => Task.Run(() => Send(request, caller))).ToArray();
        using CancellationTokenSource deadline = new(TimeSpan.FromSeconds(30));
        while (
            await AdministratorSql.Value<long>(
                "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
            ) < requests.Count
        )
        {
            await Task.Delay(20, deadline.Token);
        }

        await transaction.CommitAsync();
        return await Task.WhenAll(sent);
    }

    protected override async Task Started()
    {
        (await Send(new AddCategory("news", "News"))).Succeeded();
        (await Send(new AddCategory("how-to", "How to"))).Succeeded();
    }
}
