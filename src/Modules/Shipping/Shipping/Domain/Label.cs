namespace Shipping.Domain;

/// <summary>What is written on a parcel.</summary>
/// <param name="Name">A person's or a company's.</param>
/// <param name="PostalCode">As the country writes it; empty where it has none.</param>
/// <param name="Country">ISO 3166-1 alpha-2 code.</param>
internal sealed record Label(string Name, string Street, string City, string PostalCode, string Country);
