namespace BuildingBlocks.Modules;

/// <summary>
/// Where modules keep files that do not belong into the database, each in a folder of its name. Nothing is there before
/// a module makes it.
/// </summary>
/// <param name="Folder">A full path.</param>
public sealed record ModuleFiles(string Folder);
