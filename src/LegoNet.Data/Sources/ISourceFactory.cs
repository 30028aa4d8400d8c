using LegoNet.Data.Json;

namespace LegoNet.Data.Sources;

/// <summary>
/// Makes the sources of one type from their descriptions in specs, such as <c>{"type": "sql", "query": "…"}</c>. Implement it for
/// data that no built-in type reads, and make it known with <see cref="SourceRegistry.Register"/> before the first spec is loaded.
/// </summary>
/// <remarks>
/// One instance makes every source of its type, possibly on several threads at once. What the sources must hold to is said at
/// <see cref="IRecordSource"/>: above all that every reading gives the same records in the same order.
/// </remarks>
public interface ISourceFactory
{
    /// <summary>Makes the source that a description stands for. Opens nothing: that belongs to reading it.</summary>
    /// <param name="source">
    /// The description. Read each member by its name and type; a member that was not read by the end is refused as unknown, so a
    /// misspelled one is never passed over. "type" has been read already.
    /// </param>
    /// <param name="context">Resolves the paths in the description, with their environment variables.</param>
    /// <returns>The source; its records are read later, and maybe more than once.</returns>
    /// <exception cref="LegoNetException">
    /// The description is malformed; <see cref="StrictJson.Error"/> makes the sentence that names the file and the member.
    /// </exception>
    IRecordSource Create(StrictJson source, SourceContext context);
}
