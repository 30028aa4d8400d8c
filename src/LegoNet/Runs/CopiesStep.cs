using System.Text.Json;
using LegoNet.Changes;
using LegoNet.Data.Formats;
using LegoNet.Files;
using LegoNet.Records;

namespace LegoNet.Runs;

/// <summary>
/// Counts, in a range of keys, the records of other subjects whose code equals that of one that is forgotten: they stay, and whoever asks for an
/// erasure is told. What is forgotten is known only when all ranges have been gone through; so that they need not be read once more then, a hash of
/// each code that stays is handed on, and only records whose hash is that of a code that went are looked at.
/// </summary>
/// <param name="run">The run.</param>
internal sealed class CopiesStep(ForgetRun run)
{
    private const string CopiesName = "copies";
    /// <summary>What the hashes are called among what a task hands on.</summary>
    public const string HashesName = "hashes";

    /// <summary>Counts.</summary>
    public Action<Utf8JsonWriter> Make(int number, CancellationToken cancellationToken)
    {
        using var removed = run.OpenRemoved();
        var codes = new RemovedCodes(removed.Rows);
        var copies = removed.Rows.Count == 0 ? 0 : RowsAt(number, Suspects(number, codes), cancellationToken).LongCount(codes.HasCopyIn);
        return json => json.WriteNumber(CopiesName, copies);
    }

    /// <summary>The copies in a range.</summary>
    public static long Read(ForgetRun run, int number)
        => run.ResultOf(run.TaskOf(ForgetPlan.Copies, number)).Content.Integer(CopiesName, 0, long.MaxValue);

    /// <summary>The hashes of a store's codes, in key order. Nothing of the store is held afterwards.</summary>
    public static IEnumerable<ulong> HashesOf(RecordStore store, CancellationToken cancellationToken)
    {
        foreach (var segment in store.Segments())
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var row = 0; row < segment.Count; row++)
            {
                yield return RemovedCodes.HashOf(new RowRef(segment, row).Code);
            }
        }
    }

    /// <summary>Hashes as they are handed on.</summary>
    public static byte[] ToFile(List<ulong> hashes)
    {
        var writer = new SafetensorsWriter();
        writer.Add<ulong>(HashesName, place => hashes.CopyTo(place), hashes.Count);
        return writer.ToArray();
    }

    // The numbers of the rows, in key order, whose hash is that of a code that went.
    private List<long> Suspects(int number, RemovedCodes codes)
    {
        var (task, file) = run.FileOf(HashesName, number)!.Value;
        using var view = (IDisposable)run.View(task, file);
        var hashes = SafetensorsFile.Parse(((FileView)view).Memory, file.Name, LegoNetError.Damaged).Get<ulong>(HashesName, -1);
        var suspects = new List<long>();
        for (var row = 0; row < hashes.Length; row++)
        {
            if (codes.MayHaveCopy(hashes[row]))
            {
                suspects.Add(row);
            }
        }

        return suspects;
    }

    private IEnumerable<RowRef> RowsAt(int number, List<long> rows, CancellationToken cancellationToken)
    {
        var (next, first) = (0, 0L);
        foreach (var slot in RecordsOfRange.Read(run, number).Slots.OfType<NodeRef>())
        {
            using var ofSlot = new RecordStore(run.Spec.Rows, slot, run.Reader, null);
            foreach (var node in ofSlot.Nodes().Where(node => node.IsSegment))
            {
                for (var end = first + node.Count; next < rows.Count && rows[next] < end; next++)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    yield return new RowRef(ofSlot.OpenSegment(node), (int)(rows[next] - first));
                }

                first += node.Count;
            }
        }
    }
}
