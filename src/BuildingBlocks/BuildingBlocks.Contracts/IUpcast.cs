namespace BuildingBlocks.Contracts;

/// <summary>
/// Implemented by the newer version of an event: how one that was stored in the older version reads in the newer.
/// Consumers then react to the newest version only; what is stored stays as it was written.
/// </summary>
/// <typeparam name="TOlder">The version before.</typeparam>
/// <typeparam name="TNewer">The event that implements this.</typeparam>
public interface IUpcast<TOlder, TNewer>
    where TOlder : IIntegrationEvent
    where TNewer : IIntegrationEvent, IUpcast<TOlder, TNewer>
{
    /// <summary>
    /// The same fact in the newer shape. Pure: it sees nothing but the older event, and keeps its key.
    /// </summary>
    static abstract TNewer Upcast(TOlder older);
}
