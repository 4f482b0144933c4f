using System.Text.Json.Serialization;

namespace Orders.Domain;

/// <summary>How far an order has come; declared in the order an order goes through them.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OrderStatus>))]
internal enum OrderStatus
{
    /// <summary>Accepted; nothing is set aside or charged yet.</summary>
    [JsonStringEnumMemberName("placed")]
    Placed,

    /// <summary>All its pieces are set aside for it.</summary>
    [JsonStringEnumMemberName("stockReserved")]
    StockReserved,

    /// <summary>Its whole amount is charged.</summary>
    [JsonStringEnumMemberName("paid")]
    Paid,

    /// <summary>Nothing stands in the way of shipping it.</summary>
    [JsonStringEnumMemberName("confirmed")]
    Confirmed,

    /// <summary>On its way to the customer.</summary>
    [JsonStringEnumMemberName("shipped")]
    Shipped,

    /// <summary>With the customer.</summary>
    [JsonStringEnumMemberName("delivered")]
    Delivered,

    /// <summary>At its end without goods; stock and money are given back.</summary>
    [JsonStringEnumMemberName("cancelled")]
    Cancelled,
}
