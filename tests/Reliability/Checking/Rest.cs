using BuildingBlocks.Modules;

namespace Reliability.Checking;

/// <summary>Tells what is still under way.</summary>
internal static class Rest
{
    /// <summary>Answers one array of text, empty when everything has come to rest.</summary>
    public static string Sql(ModuleCatalog catalog)
    {
        var parked = catalog.Modules.Select(module =>
            $"select count(*) || ' parked in {module.Name}' from {module.Name}.parked_events having count(*) > 0"
        );
        var pending = catalog.Subscriptions.Select(subscription =>
            $"""
                select '{subscription} has not applied everything' from {subscription.Consumer.Name}.subscriptions s
                where s.name = '{subscription.Name}' and s.source = '{subscription.Source}' and (s.target is not null or exists (
                  select 1 from {subscription.Source}.outbox where tx_id >= pg_snapshot_xmin(s.checkpoint) and not pg_visible_in_snapshot(tx_id, s.checkpoint)))
                """
        );
        var changing = catalog
            .Subscriptions.Select(subscription => subscription.Consumer.Name)
            .Distinct(StringComparer.Ordinal)
            .Select(consumer =>
                $"select 'lanes of {consumer} are being changed' from {consumer}.subscriptions where next_lanes is "
                + "not null"
            );
        return $"""
            select array(
              select count(*) || ' running sagas' from orders.sagas where ended_at is null having count(*) > 0
              union all select count(*) || ' payments due' from payments.payments where due_at is not null or status = 'pending' having count(*) > 0
              union all {string.Join(" union all ", parked.Concat(pending).Concat(changing))})
            """;
    }
}
