using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace TwoHosts;

/// <summary>Places orders with the first Host, and asks again when there is no answer.</summary>
internal sealed class Customer(Uri shop) : IDisposable
{
    public const string Password = "a customer of two hosts";

    private const string DemoCustomer = "0198a000-0000-7000-8000-00000000c057";
    private const string Sku = "NW-003";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly HttpClient http = new() { BaseAddress = shop, Timeout = TimeSpan.FromSeconds(10) };
    private int placed;

    /// <summary>Places so many orders, one after the other.</summary>
    public async Task PlaceAsync(int orders, CancellationToken cancellationToken)
    {
        await SignInAsync("admin@example.com", cancellationToken);
        using var stocked = await http.PutAsJsonAsync(
            $"/inventory/stock/{Sku}",
            new { warehouse = "main", onHand = 100_000 },
            cancellationToken
        );
        stocked.EnsureSuccessStatusCode();
        await SignInAsync("customer@example.com", cancellationToken);
        for (var number = 0; number < orders; number++)
        {
            await PlaceAsync(Guid.CreateVersion7(), quantity: 1 + (number % 3), cancellationToken);
            Interlocked.Increment(ref placed);
        }
    }

    /// <summary>Waits until so many more are placed.</summary>
    public async Task PlacedAnotherAsync(int orders, CancellationToken cancellationToken)
    {
        for (var enough = Volatile.Read(ref placed) + orders; Volatile.Read(ref placed) < enough; )
        {
            await Task.Delay(Pause, cancellationToken);
        }
    }

    public void Dispose() => http.Dispose();

    private async Task PlaceAsync(Guid key, int quantity, CancellationToken cancellationToken)
    {
        while (true)
        {
            using HttpRequestMessage request = new(HttpMethod.Post, "/orders")
            {
                Content = JsonContent.Create(
                    new
                    {
                        customerId = DemoCustomer,
                        currency = "USD",
                        items = new[] { new { sku = Sku, quantity } },
                        paymentToken = "tok_ok",
                    }
                ),
            };
            request.Headers.Add("Idempotency-Key", key.ToString("D", CultureInfo.InvariantCulture));
            try
            {
                using var answer = await http.SendAsync(request, cancellationToken);
                if (answer.StatusCode == HttpStatusCode.Accepted)
                {
                    return;
                }

                if (answer.StatusCode < HttpStatusCode.InternalServerError)
                {
                    throw new InvalidOperationException(await answer.Content.ReadAsStringAsync(cancellationToken));
                }
            }
            catch (HttpRequestException)
            {
                // Killed; the key makes it the same order when it is asked again.
            }
            catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // The same.
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }

    private async Task SignInAsync(string email, CancellationToken cancellationToken)
    {
        using var answer = await http.PostAsJsonAsync(
            "/users/login",
            new { email, password = Password },
            cancellationToken
        );
        answer.EnsureSuccessStatusCode();
        var token = (string)(await answer.Content.ReadFromJsonAsync<JsonNode>(cancellationToken))!["accessToken"]!;
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }
}
