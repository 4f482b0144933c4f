using System.Collections.Frozen;
using System.ComponentModel.DataAnnotations;

namespace BuildingBlocks.Contracts;

/// <summary>
/// The member of an event is the code of a currency of ISO 4217 in which something can be priced. The codes are those
/// of the reference data, which a test compares: an event is checked where no database is at hand.
/// </summary>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
public sealed class CurrencyCodeAttribute : ValidationAttribute
{
    /// <summary>Declares it.</summary>
    public CurrencyCodeAttribute() => ErrorMessage = "must be an ISO 4217 code of three capital letters, such as EUR";

    /// <summary>All codes that are allowed.</summary>
    public static FrozenSet<string> Codes { get; } =
        """
            AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE
            CHF CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF
            GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR
            LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN
            PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS
            TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAD XAF XCD XCG XOF XPF YER
            ZAR ZMW ZWG
            """.Split([' ', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether XXX, the code for no currency, is allowed too.</summary>
    public bool AllowsNone { get; set; }

    /// <inheritdoc />
    public override bool IsValid(object? value) =>
        value is null || (value is string code && (Codes.Contains(code) || (AllowsNone && code is "XXX")));
}
