using LegoNet.Adapters;
using LegoNet.Records;
using LegoNet.Store;

namespace LegoNet.Changes;

/// <summary>A change whose files were made before it is committed.</summary>
internal interface IMadeChange
{
    /// <summary>The run directory where they lie.</summary>
    string Directory { get; }

    /// <summary>Gives the files to the commit, which moves them into the model.</summary>
    /// <param name="commit">The commit.</param>
    /// <param name="before">The adapters before the change.</param>
    /// <param name="obsolete">Receives the names of the trie's files that are in no use any more.</param>
    MadeParts Adopt(Commit commit, IReadOnlyList<AdapterEntry?> before, ISet<string> obsolete);
}

/// <summary>What a change makes of a model.</summary>
/// <param name="Records">The records after it.</param>
/// <param name="Adapters">The adapters after it.</param>
/// <param name="Touched">Numbers of the adapters that were refitted, ascending.</param>
/// <param name="Fitted">These adapters, ready to score; null for one that has no rows any more.</param>
internal sealed record MadeParts(RecordStore Records, AdapterEntry?[] Adapters, int[] Touched, IReadOnlyDictionary<int, IAdapter?> Fitted);
