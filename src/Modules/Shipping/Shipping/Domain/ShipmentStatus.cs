using System.Text.Json.Serialization;

namespace Shipping.Domain;

/// <summary>How far a shipment has come.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ShipmentStatus>))]
internal enum ShipmentStatus
{
    /// <summary>Its goods lie in the warehouse and are to go out.</summary>
    [JsonStringEnumMemberName("pending")]
    Pending,

    /// <summary>Its goods are on their way.</summary>
    [JsonStringEnumMemberName("dispatched")]
    Dispatched,

    /// <summary>Its goods are with the customer.</summary>
    [JsonStringEnumMemberName("delivered")]
    Delivered,

    /// <summary>Its goods stay in the warehouse for ever.</summary>
    [JsonStringEnumMemberName("cancelled")]
    Cancelled,
}
