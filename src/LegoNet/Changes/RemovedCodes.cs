using System.Runtime.InteropServices;
using LegoNet.Encoders.Hashing;
using LegoNet.Records;

namespace LegoNet.Changes;

/// <summary>The codes of records that are about to be forgotten, to find their copies among those that stay.</summary>
/// <param name="removed">The records.</param>
internal sealed class RemovedCodes(IReadOnlyList<RowRef> removed)
{
    private readonly ILookup<ulong, RowRef> _byHash = removed.ToLookup(row => HashOf(row.Code));

    /// <summary>A hash of a code, the same in every process. Codes that differ may share it.</summary>
    public static ulong HashOf(ReadOnlySpan<sbyte> code) => HashingXx64.Hash(MemoryMarshal.AsBytes(code), 0);

    /// <summary>Whether a record whose code has this hash may be a copy.</summary>
    public bool MayHaveCopy(ulong hash) => _byHash.Contains(hash);

    /// <summary>Whether a record that stays has the code of one of another subject that goes.</summary>
    public bool HasCopyIn(RowRef row)
    {
        foreach (var gone in _byHash[HashOf(row.Code)])
        {
            if (!gone.Key.SameSubject(row.Key) && gone.Code.SequenceEqual(row.Code))
            {
                return true;
            }
        }

        return false;
    }
}
