using BuildingBlocks.Application;
using BuildingBlocks.Testing;
using Customers.Contracts;
using Shipping.Contracts;
using Shipping.Domain;
using Shipping.Features;

namespace Shipping.Tests;

public sealed class ShipmentTests(ShippingFixture shipping) : IClassFixture<ShippingFixture>
{
    private static readonly As Admin = As.Admin(Guid.CreateVersion7());

    private readonly Guid orderId = Guid.CreateVersion7();

    [Fact]
    public async Task Is_created_for_a_confirmed_order()
    {
        var (customerId, _) = await shipping.Customer(ShippingFixture.Berlin);

        await shipping
            .When(ShippingFixture.Confirmed(orderId, customerId))
            .Then<ShipmentCreatedV1>(created =>
            {
                (created.OrderId, created.CustomerId, created.CreatedAt).ShouldBe(
                    (orderId, customerId, shipping.Clock.Now)
                );
                created.Lines.ShouldBe([new("TEA", "Tea", 2), new("JAM", "Jam", 1)]);
            });

        var shipment = await shipping.Read(orderId);
        (shipment.Status, shipment.Label).ShouldBe(
            (ShipmentStatus.Pending, new("Ada", "Main Street 1", "Berlin", "10115", "DE"))
        );
    }

    [Fact]
    public async Task Is_not_created_for_an_order_whose_goods_went_out_before_it_was_imported()
    {
        var (customerId, _) = await shipping.Customer(ShippingFixture.Berlin);

        await shipping.Given(ShippingFixture.Confirmed(orderId, customerId) with { FulfilledElsewhere = true });

        (await shipping.Send(new GetShipments(orderId))).Succeeded().Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task Of_a_stored_confirmation_of_version_1_is_created_too()
    {
        var (customerId, _) = await shipping.Customer(ShippingFixture.Berlin);

        await shipping.AdministratorSql.Execute(
            """
            insert into orders.outbox (event_id, event_type, event_version, key, payload, correlation_id)
            values ($1, 'order.confirmed', 1, $2::text, jsonb_build_object('orderId', $2::text, 'customerId', $3::text, 'currency', 'EUR', 'totalMinor', 350,
              'confirmedAt', '2030-01-01T12:00:00Z',
              'items', jsonb_build_array(jsonb_build_object('sku', 'TEA', 'productName', 'Tea', 'quantity', 1, 'unitPriceMinor', 350))), 'old')
            """,
            Guid.CreateVersion7(),
            orderId.ToString(),
            customerId.ToString()
        );
        await shipping.Advance(TimeSpan.Zero);

        (await shipping.Read(orderId)).Items.ShouldBe([new("TEA", "Tea", 1)]);
    }

    [Fact]
    public async Task Goes_from_pending_to_dispatched_to_delivered()
    {
        var (order, shipmentId) = await shipping.Pending();

        await shipping
            .When(new DispatchShipment(shipmentId), Admin)
            .Then<ShipmentDispatchedV1>(dispatched => dispatched.ShouldBe(new(shipmentId, order, shipping.Clock.Now)));
        (await shipping.Read(order)).ShouldSatisfyAllConditions(
            shipment => shipment.Status.ShouldBe(ShipmentStatus.Dispatched),
            shipment => shipment.DispatchedAt.ShouldBe(shipping.Clock.Now)
        );
        await shipping
            .When(new DeliverShipment(shipmentId), Admin)
            .Then<ShipmentDeliveredV1>(delivered => delivered.ShouldBe(new(shipmentId, order, shipping.Clock.Now)));

        var shipment = await shipping.Read(order);
        (shipment.Status, shipment.DeliveredAt, shipment.CancelledAt).ShouldBe(
            (ShipmentStatus.Delivered, shipping.Clock.Now, null)
        );
    }

    [Fact]
    public async Task Is_not_dispatched_without_an_address_and_takes_it_up_when_it_comes()
    {
        // Customers is another source: nothing of the customer has arrived yet.
        var customerId = Guid.CreateVersion7();
        await shipping.Given(ShippingFixture.Confirmed(orderId, customerId));
        var shipmentId = (await shipping.Read(orderId)).ShipmentId;

        (await shipping.Send(new DispatchShipment(shipmentId), Admin))
            .RefusedWith("shipping.no-address")
            .Kind.ShouldBe(ErrorKind.Conflict);
        await shipping.Given(new CustomerRegisteredV1(customerId, null, "Ada", "ada@example.com", null, Address: null));
        (await shipping.Send(new DispatchShipment(shipmentId), Admin)).RefusedWith("shipping.no-address");
        await shipping.Given(new CustomerAddressUpdatedV1(customerId, ShippingFixture.Berlin));

        await shipping.When(new DispatchShipment(shipmentId), Admin).Then<ShipmentDispatchedV1>();
    }

    [Fact]
    public async Task Goes_to_the_address_of_the_moment_it_leaves()
    {
        var (customerId, _) = await shipping.Customer(ShippingFixture.Berlin);
        await shipping.Given(
            ShippingFixture.Confirmed(orderId, customerId),
            new CustomerAddressUpdatedV1(customerId, new("Rue 2", "Paris", "75001", "FR")),
            new CustomerProfileUpdatedV1(customerId, "Ada Lovelace", "ada@example.com")
        );
        var shipmentId = (await shipping.Read(orderId)).ShipmentId;

        (await shipping.Send(new DispatchShipment(shipmentId), Admin))
            .Succeeded()
            .Label.ShouldBe(new("Ada Lovelace", "Rue 2", "Paris", "75001", "FR"));
        await shipping.Given(new CustomerAddressUpdatedV1(customerId, ShippingFixture.Berlin));

        (await shipping.Read(orderId)).Label!.City.ShouldBe("Paris");
    }

    [Fact]
    public async Task Is_dispatched_and_delivered_once()
    {
        var (_, shipmentId) = await shipping.Pending();

        (await shipping.Send(new DeliverShipment(shipmentId), Admin))
            .RefusedWith("shipping.not-dispatched")
            .Kind.ShouldBe(ErrorKind.Conflict);
        (await shipping.Send(new DispatchShipment(shipmentId), Admin)).Succeeded();
        (await shipping.Send(new DispatchShipment(shipmentId), Admin))
            .RefusedWith("shipping.not-pending")
            .Kind.ShouldBe(ErrorKind.Conflict);
        (await shipping.Send(new DeliverShipment(shipmentId), Admin)).Succeeded();
        (await shipping.Send(new DeliverShipment(shipmentId), Admin)).RefusedWith("shipping.not-dispatched");
    }

    [Fact]
    public async Task Is_refused_when_nobody_knows_it()
    {
        (await shipping.Send(new DispatchShipment(Guid.CreateVersion7()), Admin))
            .RefusedWith("shipping.unknown-shipment")
            .Kind.ShouldBe(ErrorKind.NotFound);
        (await shipping.Send(new DeliverShipment(Guid.CreateVersion7()), Admin)).RefusedWith(
            "shipping.unknown-shipment"
        );
    }

    [Fact]
    public async Task Is_seen_by_its_customers_account_and_admins_only()
    {
        var (customerId, userId) = await shipping.Customer(ShippingFixture.Berlin);
        await shipping.Given(ShippingFixture.Confirmed(orderId, customerId));

        (await Seen(As.User(userId))).ShouldBe(1);
        (await Seen(Admin)).ShouldBe(1);
        (await Seen(As.User(Guid.CreateVersion7()))).ShouldBe(0);
        (await shipping.Send(new GetShipments(Guid.CreateVersion7()), Admin)).Succeeded().Items.ShouldBeEmpty();
        (await shipping.Send(new GetShipments(Guid.Empty), Admin)).BlamedFields().ShouldBe(["orderId"]);
    }

    private async Task<int> Seen(As caller) =>
        (await shipping.Send(new GetShipments(orderId), caller)).Succeeded().Items.Count;
}
