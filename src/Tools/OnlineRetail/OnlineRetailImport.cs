using BuildingBlocks.Application;
using BuildingBlocks.Contracts;
using BuildingBlocks.Messaging;
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
/// Brings the file in through the modules' own commands, batch by batch, each one transaction of its module. What is here already is found again,
/// so an import that was broken off goes on where it stood when it is run again.
/// </summary>
internal sealed class OnlineRetailImport(
    OnlineRetailInvoices invoices, ModuleCommands modules, Rejects rejects, ImportProgress progress)
{
    private const int Batch = 500;
    private const int LinesOfBatch = 1_000;

    private readonly ImportTotals totals = new();

    public async Task<ImportTotals> RunAsync(CancellationToken cancellationToken)
    {
        _ = Correlation.Begin($"import-{OnlineRetailIds.Source}");
        totals.Rows = invoices.Rows;
        var survey = await progress.During("Surveying", "lines", invoices.Rows, read => SurveyAsync(read, cancellationToken));
        await progress.During("Customers", "customers", survey.Customers.Count, done => TakeAsync(survey.Customers, done, async batch =>
            totals.NewCustomers += (await SendAsync(new ImportCustomers(batch), cancellationToken)).Taken));
        await progress.During("Products", "products", survey.Products.Count, done => TakeAsync(survey.Products, done, async batch =>
            totals.NewProducts += (await SendAsync(new ImportProducts(batch), cancellationToken)).Taken));
        (totals.Customers, totals.Products) = (survey.Customers.Count, survey.Products.Count);
        await progress.During("Orders", "lines", invoices.Rows, read => TakeOrdersAsync(read, cancellationToken));
        return totals;
    }

    private async Task<OnlineRetailSurvey> SurveyAsync(Action<long> read, CancellationToken cancellationToken)
    {
        OnlineRetailSurvey survey = new();
        OnlineRetailOrders orders = new((_, _) => ValueTask.CompletedTask);
        await foreach (var invoice in invoices.ReadAsync((_, _) => ValueTask.CompletedTask, read, cancellationToken))
        {
            if (await orders.OfAsync(invoice) is { } order)
            {
                survey.Add(order);
            }
        }

        return survey;
    }

    private static async Task<bool> TakeAsync<T>(IReadOnlyList<T> all, Action<long> done, Func<IReadOnlyList<T>, Task> take)
    {
        var taken = 0;
        foreach (var batch in all.Chunk(Batch))
        {
            await take(batch);
            done(taken += batch.Length);
        }

        return true;
    }

    private async Task<bool> TakeOrdersAsync(Action<long> read, CancellationToken cancellationToken)
    {
        OnlineRetailOrders orders = new((line, reason) => rejects.AddAsync(line.Number, reason, line.ToFields()));
        List<(ImportedOrder Order, IReadOnlyList<OnlineRetailLine> Invoice)> batch = [];
        await rejects.BeginAsync();
        await foreach (var invoice in invoices.ReadAsync((row, reason) => rejects.AddAsync(row.Line, reason, row.Fields()), read, cancellationToken))
        {
            if (await orders.OfAsync(invoice) is { } found)
            {
                batch.Add((found.Order, invoice));
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

    private async Task TakeOrdersAsync(List<(ImportedOrder Order, IReadOnlyList<OnlineRetailLine> Invoice)> batch, CancellationToken cancellationToken)
    {
        var answer = await SendAsync(new ImportOrders(OnlineRetailIds.Source, [.. batch.Select(one => one.Order)]), cancellationToken);
        totals.NewOrders += answer.Taken;
        foreach (var (order, invoice) in batch)
        {
            if (answer.Differing.Contains(order.Reference, StringComparer.Ordinal))
            {
                foreach (var line in invoice)
                {
                    await rejects.AddAsync(line.Number, RejectReason.Different, line.ToFields());
                }
            }
            else
            {
                Count(order);
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

    private async Task<TAnswer> SendAsync<TAnswer>(IModuleCommand<TAnswer> command, CancellationToken cancellationToken)
        where TAnswer : class
    {
        if ((await modules.Send(command, cancellationToken)).Failed(out var refusal, out var answer))
        {
            var faults = refusal.Fields.Take(3).Select(field => $"{field.Key}: {string.Join(' ', field.Value)}").Prepend(refusal.Detail);
            throw new InvalidOperationException($"{command.GetType().Name} was refused as {refusal.Code}. {string.Join(' ', faults)}");
        }

        return answer;
    }
}
