using System.Text.Json;
using LegoNet.Changes;
using LegoNet.Records;

namespace LegoNet.Runs;

/// <summary>
/// Counts, in a range of keys, the records of other subjects whose code equals that of one that is forgotten: they stay, and whoever asks for an
/// erasure is told.
/// </summary>
/// <param name="run">The run.</param>
internal sealed class CopiesStep(ForgetRun run)
{
    private const string CopiesName = "copies";

    /// <summary>Counts.</summary>
    public Action<Utf8JsonWriter> Make(int number, CancellationToken cancellationToken)
    {
        using var removed = run.OpenRemoved();
        var codes = new RemovedCodes(removed.Rows);
        long copies = 0;
        foreach (var slot in removed.Rows.Count == 0 ? [] : RecordsOfRange.Read(run, number).Slots.OfType<NodeRef>())
        {
            using var ofSlot = new RecordStore(run.Spec.Rows, slot, run.Reader, null);
            foreach (var segment in ofSlot.Segments())
            {
                cancellationToken.ThrowIfCancellationRequested();
                for (var i = 0; i < segment.Count; i++)
                {
                    copies += codes.HasCopyIn(new RowRef(segment, i)) ? 1 : 0;
                }
            }
        }

        return json => json.WriteNumber(CopiesName, copies);
    }

    /// <summary>The copies in a range.</summary>
    public static long Read(ForgetRun run, int number)
        => run.ResultOf(run.TaskOf(ForgetPlan.Copies, number)).Content.Integer(CopiesName, 0, long.MaxValue);
}
