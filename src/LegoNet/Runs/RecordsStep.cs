using System.Text.Json;
using LegoNet.Data;
using LegoNet.Files;
using LegoNet.Records;
using LegoNet.Routing;
using LegoNet.Store;

namespace LegoNet.Runs;

/// <summary>Merges what all parts have of a range of keys into the records' trie.</summary>
/// <param name="run">The run.</param>
internal sealed class RecordsStep(TrainRun run)
{
    /// <summary>Makes the nodes of a range.</summary>
    public Action<Utf8JsonWriter> Make(int number, TaskOutput output, CancellationToken cancellationToken)
    {
        var layout = run.Spec.Rows;
        var views = new List<FileView>();
        try
        {
            var (blocks, repeated) = Open(number, views, cancellationToken);
            var rows = blocks.SelectMany(b => Enumerable.Range(0, b.Segment.Count).Select(r => new RowRef(b.Segment, r))).ToArray();
            KeyOrder.Sort(rows);
            var kept = KeyOrder.Distinct(rows, (one, other) => Conflict(one, other, PartOf(one), PartOf(other), cancellationToken));
            repeated += rows.Length - kept;
            var shards = new long[run.Spec.Adapters];
            var slots = new List<NodeRef?>();
            var range = KeyRange.Of(number, run.Training.Division.KeyRanges);
            for (var slot = range.First; slot < range.End; slot++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var (first, end) = new KeyRange(slot, slot + 1).In(rows.AsSpan(0, kept));
                using var store = new RecordStore(layout, null, run.Reader, run.TagKey);
                slots.Add(store.Build(rows.AsMemory(first, end - first), output, run.Model.Threads).Root);
            }

            foreach (var row in rows.AsSpan(0, kept))
            {
                ShardBalance.Count(row.Route, shards);
            }

            return json => RecordsOfRange.Write(json, new RecordsOfRange(slots, shards, repeated));

            int PartOf(RowRef row) => blocks.First(b => ReferenceEquals(b.Segment, row.Block)).Part;
        }
        finally
        {
            foreach (IDisposable view in views)
            {
                view.Dispose();
            }
        }
    }

    private (List<(int Part, Segment Segment)> Blocks, long Repeated) Open(int range, List<FileView> views, CancellationToken cancellationToken)
    {
        var blocks = new List<(int, Segment)>();
        long repeated = 0;
        for (var part = 0; part < run.Training.Parts.Count; part++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (file, repetitions) = EncodeStep.Read(run, part, range);
            repeated += range == 0 ? repetitions : 0; // Each part's once.
            if (file is not null)
            {
                var view = run.View(run.TaskOf(TrainPlan.Encode, part), file);
                views.Add(view);
                blocks.Add((part, Segment.Open(run.Spec.Rows, view.Memory, file.Name, owner: null)));
            }
        }

        return (blocks, repeated);
    }

    // Rows do not say where they stood, so for the message their parts are read again.
    private LegoNetException Conflict(RowRef one, RowRef other, int onePart, int otherPart, CancellationToken cancellationToken)
    {
        var key = one.Key;
        var source = run.ReadSpec().OpenSource();
        var places = new List<string>();
        foreach (var part in new[] { onePart, otherPart }.Distinct().Order().Select(p => run.Training.Parts[p]))
        {
            foreach (var record in SourceParts.Read(source, part, cancellationToken))
            {
                if (run.TagKey.KeyOf(record.Subject, record.Id, record.Origin).Equals(key))
                {
                    places.Add(record.Origin);
                }
            }
        }

        return places.Count > 1
            ? IncomingRows.OtherContent(places[0], places[^1], one.Fingerprint, other.Fingerprint)
            : LegoNetException.BadInput($"{source.Name}: was changed since the run was planned; plan it again.");
    }
}
