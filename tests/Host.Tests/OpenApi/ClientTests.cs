using System.Net;
using Host.Tests.Running;

namespace Host.Tests.OpenApi;

/// <summary>Clients that others' tools make of the OpenAPI document that the real Host gives.</summary>
[Trait("Module", "Orders")]
[Collection(RunningHost.DemoCustomersOrders)]
public sealed class ClientTests(RunningHost host)
{
    private const string Shopper = """
        using System;
        using System.Net.Http;
        using System.Net.Http.Headers;
        using System.Threading.Tasks;
        using Shop;

        public static class Program
        {
            public static async Task<string> OrderAsync(HttpClient http, string password, string sku)
            {
                ShopClient shop = new ShopClient(http) { BaseUrl = http.BaseAddress.ToString() };
                UsersGrantedToken token = await shop.UsersGrantTokenAsync(
                    new UsersGrantToken { Grant_type = "password", Username = "customer@example.com", Password = password });
                http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(token.Token_type, token.Access_token);
                OrdersPlaceOrder order = new OrdersPlaceOrder
                {
                    CustomerId = new Guid("0198a000-0000-7000-8000-00000000c057"),
                    Currency = "USD",
                    Items = new[] { new OrdersPlaceOrderItem { Sku = sku, Quantity = 1 } },
                    PaymentToken = "tok_ok",
                };
                try
                {
                    OrdersPlacedOrder placed = await shop.OrdersPlaceOrderAsync(null, order);
                    return (await shop.OrdersGetOrderAsync(placed.OrderId)).OrderId.ToString();
                }
                catch (ApiException<Problem> refused)
                {
                    return refused.StatusCode + " " + refused.Result.Code;
                }
            }
        }
        """;

    private const string Page = """
        import type { paths } from "./types";
        import { ordersPlaceOrder, type OrdersPlaceOrderErrors } from "./sdk";

        type Body = paths["/orders"]["post"]["requestBody"]["content"]["application/json"];
        type Refusal = paths["/orders"]["post"]["responses"][422]["content"]["application/problem+json"];

        export const order: Body = {
          customerId: "0198a000-0000-7000-8000-00000000c057", currency: "USD", items: [{ sku: "NW-003", quantity: 2 }], paymentToken: "tok_ok",
        };

        // @ts-expect-error An order has no such field.
        export const wrong: Body = { ...order, payment: "tok_ok" };

        export async function place(): Promise<string> {
          const { data, error } = await ordersPlaceOrder({ body: order });
          return data ? data.orderId : codeOf(error);
        }

        function codeOf(refusal: OrdersPlaceOrderErrors[422] | Refusal): string {
          return refusal.code;
        }
        """;

    private readonly Shop shop = host.Shop;

    [Fact]
    public async Task Client_of_NSwag_signs_in_places_an_order_and_names_the_code_of_a_refusal()
    {
        var order = await NSwagClient.CompileAsync(await Document(), Shopper, "OrderAsync");

        var placed = await OrderAsync(await shop.StockedProduct(1));

        (await shop.Final(placed))["status"]!.ToString().ShouldBe("confirmed");
        (await OrderAsync("NO-SUCH")).ShouldBe("422 orders.unknown-sku");

        async Task<string> OrderAsync(string sku)
        {
            using HttpClient http = new() { BaseAddress = host.Process.Address };
            return await (Task<string>)order.Invoke(null, [http, HostSettings.CustomerPassword, sku])!;
        }
    }

    [Fact]
    public async Task Clients_in_TypeScript_compile()
    {
        var (exitCode, report) = await TypeScriptClients.CompileAsync(await Document(), Page);

        exitCode.ShouldBe(0, report);
    }

    private async Task<string> Document() =>
        (await shop.Open.Get("/openapi/v1.json")).Expect(HttpStatusCode.OK).ToJsonString();
}
