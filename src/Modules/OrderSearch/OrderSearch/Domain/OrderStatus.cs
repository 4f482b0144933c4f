using System.Text.Json.Serialization;

namespace OrderSearch.Domain;

/// <summary>
/// How far an order has come, as far as this module is told; declared in the order an order goes through them.
/// </summary>
[JsonConverter(typeof(JsonStringEnumConverter<OrderStatus>))]
internal enum OrderStatus
{
    /// <summary>Accepted; neither confirmed nor at its end.</summary>
    [JsonStringEnumMemberName("placed")]
    Placed,

    /// <summary>Paid, and its stock set aside.</summary>
    [JsonStringEnumMemberName("confirmed")]
    Confirmed,

    /// <summary>On its way to the customer.</summary>
    [JsonStringEnumMemberName("shipped")]
    Shipped,

    /// <summary>With the customer.</summary>
    [JsonStringEnumMemberName("delivered")]
    Delivered,

    /// <summary>At its end without goods, or with the goods returned.</summary>
    [JsonStringEnumMemberName("cancelled")]
    Cancelled,
}
