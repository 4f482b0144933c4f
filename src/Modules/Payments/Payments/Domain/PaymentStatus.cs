using System.Text.Json.Serialization;

namespace Payments.Domain;

/// <summary>What has become of a payment.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PaymentStatus>))]
internal enum PaymentStatus
{
    /// <summary>Not charged as far as we know; the gateway may know more.</summary>
    [JsonStringEnumMemberName("pending")]
    Pending,

    /// <summary>The whole amount is charged.</summary>
    [JsonStringEnumMemberName("captured")]
    Captured,

    /// <summary>Nothing is charged, nor will be: the gateway refused or could not be reached.</summary>
    [JsonStringEnumMemberName("declined")]
    Declined,

    /// <summary>The whole amount was charged and is given back.</summary>
    [JsonStringEnumMemberName("refunded")]
    Refunded,

    /// <summary>Nothing is charged, nor will be: it was called off in time.</summary>
    [JsonStringEnumMemberName("voided")]
    Voided,
}
