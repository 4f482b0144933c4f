using BuildingBlocks.Application;
using BuildingBlocks.Contracts;
using BuildingBlocks.EventLog.Events;
using BuildingBlocks.EventLog.Hosting;
using BuildingBlocks.Modules;
using Catalog.Contracts.Commands;
using Customers.Contracts.Commands;
using Orders.Contracts.Commands;

namespace OnlineRetail;

/// <summary>What the file holds that can be taken, and how much of it this run has taken.</summary>
internal sealed class ImportTotals
{
    public long Rows { get; set; }

    public long Orders { get; set; }

    public long Returns { get; set; }

    public long Lines { get; set; }

    /// <summary>Orders less returns, pence.</summary>
    public long SumMinor { get; set; }

    public int Customers { get; set; }

    public int Products { get; set; }

    public int NewCustomers { get; set; }

    public int NewProducts { get; set; }

    public long NewOrders { get; set; }
}

/// <summary>
/// Brings the file in through the modules' own commands, batch by batch, each one transaction of its module. What is
/// here already is found again, so an import that was broken off goes on where it stood when it is run again.
/// </summary>
internal sealed class OnlineRetailImport(
    OnlineRetailInvoices invoices,
    ModuleCommands modules,
    Rejects rejects,
    ImportProgress progress
)
{
    private const int Batch = 500;
    private const int LinesOfBatch = 1_000;

    private readonly ImportTotals totals = new();
    private readonly Refusals refusals = new();

    public async Task<ImportTotals> RunAsync(CancellationToken cancellationToken)
    {
        _ = Correlation.Begin($"import-{OnlineRetailIds.Source}");
        totals.Rows = invoices.Rows;
        var survey = await progress.During("Surveying", "lines", invoices.Rows, read =>
            SurveyAsync(read, cancellationToken)
        );
        await progress.During("Customers", "customers", survey.Customers.Count, done =>
            TakeAsync(
                survey.Customers,
                done,
                batch => new ImportCustomers(batch),
                answer => totals.NewCustomers += answer.Taken,
                (customer, reason) => refusals.Add(customer.CustomerId, reason),
                cancellationToken
            )
        );
        await progress.During("Products", "products", survey.Products.Count, done =>
            TakeAsync(
                survey.Products,
                done,
                batch => new ImportProducts(batch),
                answer => totals.NewProducts += answer.Taken,
                (product, reason) => refusals.Add(product.Sku, reason),
                cancellationToken
            )
        );
        (totals.Customers, totals.Products) = (
            survey.Customers.Count - refusals.Customers,
            survey.Products.Count - refusals.Products
        );
        await progress.During("Orders", "lines", invoices.Rows, read => TakeOrdersAsync(read, cancellationToken));
        return totals;
    }

    private async Task<OnlineRetailSurvey> SurveyAsync(Action<long> read, CancellationToken cancellationToken)
    {
        OnlineRetailSurvey survey = new();
        OnlineRetailOrders orders = new((_, _) => ValueTask.CompletedTask, refusals);
        await foreach (var invoice in invoices.ReadAsync((_, _) => ValueTask.CompletedTask, read, cancellationToken))
        {
            if (await orders.OfAsync(invoice) is { } order)
            {
                survey.Add(order);
            }
        }

        return survey;
    }

    private async Task<bool> TakeAsync<T, TAnswer>(
        IReadOnlyList<T> all,
        Action<long> done,
        Func<IReadOnlyList<T>, IModuleCommand<TAnswer>> command,
        Action<TAnswer> taken,
        Action<T, RejectReason> refused,
        CancellationToken cancellationToken
    )
        where TAnswer : class
    {
        var sent = 0;
        foreach (var batch in all.Chunk(Batch))
        {
            await SendAsync(batch, command, taken, refused, cancellationToken);
            done(sent += batch.Length);
        }

        return true;
    }

    private async Task<bool> TakeOrdersAsync(Action<long> read, CancellationToken cancellationToken)
    {
        OnlineRetailOrders orders = new(
            (line, reason) => rejects.AddAsync(line.Number, reason, line.ToFields()),
            refusals
        );
        List<OnlineRetailOrder> batch = [];
        await rejects.BeginAsync();
        await foreach (
            var invoice in invoices.ReadAsync(
                (row, reason) => rejects.AddAsync(row.Line, reason, row.Fields()),
                read,
                cancellationToken
            )
        )
        {
            if (await orders.OfAsync(invoice) is { } found)
            {
                batch.Add(found);
            }

            if (batch.Count == Batch || batch.Sum(one => one.Order.Lines.Count) >= LinesOfBatch)
            {
                await TakeOrdersAsync(batch, cancellationToken);
                batch.Clear();
            }
        }

        if (batch.Count > 0)
        {
            await TakeOrdersAsync(batch, cancellationToken);
        }

        await rejects.CompleteAsync();
        return true;
    }

    private async Task TakeOrdersAsync(IReadOnlyList<OnlineRetailOrder> batch, CancellationToken cancellationToken)
    {
        Dictionary<string, RejectReason> reasons = new(StringComparer.Ordinal);
        await SendAsync(
            batch,
            orders => new ImportOrders(OnlineRetailIds.Source, [.. orders.Select(one => one.Order)]),
            answer =>
            {
                totals.NewOrders += answer.Taken;
                foreach (var reference in answer.Differing)
                {
                    reasons[reference] = RejectReason.Different;
                }
            },
            (order, reason) => reasons[order.Order.Reference] = reason,
            cancellationToken
        );
        foreach (var (_, order, rows) in batch)
        {
            if (!reasons.TryGetValue(order.Reference, out var reason))
            {
                Count(order);
                continue;
            }

            foreach (var line in rows)
            {
                await rejects.AddAsync(line.Number, reason, line.ToFields());
            }
        }
    }

    private void Count(ImportedOrder order)
    {
        var sum = order.Lines.Sum(line => line.UnitPriceMinor * line.Quantity);
        totals.Orders += order.IsReturn ? 0 : 1;
        totals.Returns += order.IsReturn ? 1 : 0;
        totals.Lines += order.Lines.Count;
        totals.SumMinor += order.IsReturn ? -sum : sum;
    }

    /// <summary>
    /// Has a module take what it can of a batch. A command takes all or none, whatever rule refuses it, so what is
    /// refused is sent again in halves, down to the single one that is to blame.
    /// </summary>
    /// <exception cref="StartupException">The module takes nothing of anybody at the moment.</exception>
    private async Task SendAsync<T, TAnswer>(
        IReadOnlyList<T> batch,
        Func<IReadOnlyList<T>, IModuleCommand<TAnswer>> command,
        Action<TAnswer> taken,
        Action<T, RejectReason> refused,
        CancellationToken cancellationToken
    )
        where TAnswer : class
    {
        if (!(await modules.Send(command(batch), cancellationToken)).Failed(out var refusal, out var answer))
        {
            taken(answer);
        }
        else if (refusal.Kind is ErrorKind.Unavailable or ErrorKind.Unauthenticated or ErrorKind.Forbidden)
        {
            throw new StartupException(
                $"The import cannot go on ({refusal.Code}): {refusal.Detail} What was taken so far stays; run the "
                    + "same command again later."
            );
        }
        else if (batch.Count == 1)
        {
            refused(batch[0], RejectReason.Of(refusal));
        }
        else
        {
            foreach (var half in batch.Chunk((batch.Count + 1) / 2))
            {
                await SendAsync(half, command, taken, refused, cancellationToken);
            }
        }
    }
}
