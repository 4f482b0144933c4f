namespace Notifications.Domain;

/// <summary>What a mail tells.</summary>
internal enum MailKind
{
    /// <summary>The order is paid, and its goods are set aside.</summary>
    Confirmed,

    /// <summary>The goods have left the warehouse.</summary>
    Shipped,

    /// <summary>The order came to nothing.</summary>
    Cancelled,

    /// <summary>Money was given back.</summary>
    Refunded,
}
