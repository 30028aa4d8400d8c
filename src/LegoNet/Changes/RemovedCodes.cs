using System.Runtime.InteropServices;
using LegoNet.Records;

namespace LegoNet.Changes;

/// <summary>The codes of records that are about to be forgotten, to find their copies among those that stay.</summary>
/// <param name="removed">The records.</param>
internal sealed class RemovedCodes(IReadOnlyList<RowRef> removed)
{
    private readonly ILookup<int, RowRef> _byHash = removed.ToLookup(row => Hash(row.Code));

    /// <summary>Whether a record that stays has the code of one of another subject that goes.</summary>
    public bool HasCopyIn(RowRef row)
    {
        foreach (var gone in _byHash[Hash(row.Code)])
        {
            if (!gone.Key.SameSubject(row.Key) && gone.Code.SequenceEqual(row.Code))
            {
                return true;
            }
        }

        return false;
    }

    private static int Hash(ReadOnlySpan<sbyte> code)
    {
        var hash = default(HashCode);
        hash.AddBytes(MemoryMarshal.AsBytes(code));
        return hash.ToHashCode();
    }
}
