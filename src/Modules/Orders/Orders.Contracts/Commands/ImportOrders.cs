using BuildingBlocks.Contracts;

namespace Orders.Contracts.Commands;

/// <summary>
/// Takes in orders that another system has brought to their end, at their own dates and without the saga, those that
/// are not here yet. All or none. An order that was fulfilled is announced by order.confirmed alone, a return by
/// order.cancelled alone; neither by order.placed.
/// </summary>
/// <param name="Source">What the other system is called here, 1 to 50 visible ASCII characters; makes the references
/// unique.</param>
/// <param name="Orders">1 to 1,000, each reference once.</param>
public sealed record ImportOrders(string Source, IReadOnlyList<ImportedOrder> Orders)
    : IModuleCommand<ImportOrdersAnswer>;

/// <param name="OrderId">Made by whoever imports, the same at every try; of version 7 with the order's own date,
/// because orders are listed by id.</param>
/// <param name="Reference">What the other system calls the order, 1 to 100 visible ASCII characters.</param>
/// <param name="CustomerId">Of Customers.</param>
/// <param name="CustomerName">At the order's date, up to 200 characters.</param>
/// <param name="CustomerEmail">At the order's date, up to 254 characters.</param>
/// <param name="CustomerCountry">ISO 3166-1 alpha-2 code, at the order's date.</param>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="At">When it was placed and confirmed, or returned, UTC; in the past.</param>
/// <param name="IsReturn">Goods that came back and money that was given back: the order enters as cancelled after it
/// had been confirmed.</param>
/// <param name="Lines">At least one; a product may stand on several, at several prices. Quantities are 1 or more also
/// when returned.</param>
public sealed record ImportedOrder(
    Guid OrderId,
    string Reference,
    Guid CustomerId,
    string CustomerName,
    string CustomerEmail,
    string CustomerCountry,
    string Currency,
    DateTimeOffset At,
    bool IsReturn,
    IReadOnlyList<OrderLine> Lines
);

/// <param name="Taken">How many were new.</param>
/// <param name="Known">How many were here already, the same to the last line.</param>
/// <param name="Differing">References of orders that are here already with other content; they stay as they
/// are.</param>
public sealed record ImportOrdersAnswer(int Taken, int Known, IReadOnlyList<string> Differing);
