using System.Text.Json;
using LegoNet.Data.Formats;
using LegoNet.Files;
using LegoNet.Records;
using LegoNet.Routing;
using LegoNet.Store;

namespace LegoNet.Runs;

/// <summary>Takes what is forgotten out of a range of keys: writes the trie's nodes without it, and hands on what went.</summary>
/// <param name="run">The run.</param>
internal sealed class ForgetStep(ForgetRun run)
{
    private const string AdaptersName = "adapters";
    private const string SubjectsName = "subjects";

    /// <summary>Makes the nodes of a range.</summary>
    public Action<Utf8JsonWriter> Make(int number, TaskOutput output, CancellationToken cancellationToken)
    {
        var range = KeyRange.Of(number, run.Division.KeyRanges);
        var targets = run.Targets.In(range).ToArray();
        var removed = new List<RowRef>();
        var unknown = new List<int>();
        var slots = new List<NodeRef?>();
        var obsolete = new HashSet<string>(StringComparer.Ordinal);
        var gone = new List<(ushort Adapter, uint Subject)>();
        var hashes = new List<ulong>();
        var stores = new List<RecordStore>();
        try
        {
            foreach (var (root, slot) in run.Before(number))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var mine = slot is { } only ? targets.Where(t => KeyRange.SlotOf(t.Target.Key) == only).ToArray() : targets;
                var before = new RecordStore(run.Spec.Rows, root, run.ModelFiles, run.TagKey);
                stores.Add(before); // What was found is mapped until it is written.
                var found = new SortedDictionary<RecordKey, RowRef>();
                foreach (var (target, request) in mine)
                {
                    var rows = target.FindIn(before);
                    if (rows.Length == 0)
                    {
                        unknown.Add(request);
                    }

                    foreach (var row in rows)
                    {
                        found.TryAdd(row.Key, row);
                    }
                }

                removed.AddRange(found.Values);
                var after = found.Count == 0 ? before : before.Update([.. found.Keys.Select(key => new RowChange(key, null))], output, obsolete);
                slots.Add(after.Root);
                gone.AddRange(GoneFrom(after, found.Values));
                hashes.AddRange(CopiesStep.HashesOf(after, cancellationToken));
            }

            RequireKnown(unknown);
            var shards = new long[run.Spec.Adapters];
            foreach (var row in removed)
            {
                ShardBalance.Count(row.Route, shards);
            }

            var rowsFile = removed.Count == 0 ? null : output.Hand($"removed-{number}", Segment.Serialise(run.Spec.Rows, removed.ToArray(), run.TagKey));
            var goneFile = gone.Count == 0 ? null : output.Hand($"gone-{number}", Write(gone));
            var hashesFile = output.Hand($"{CopiesStep.HashesName}-{number}", CopiesStep.ToFile(hashes));
            return json =>
            {
                RecordsOfRange.Write(json, new RecordsOfRange(slots, shards, 0));
                json.WriteString("removed", rowsFile?.Name ?? "");
                json.WriteString("gone", goneFile?.Name ?? "");
                json.WriteString(CopiesStep.HashesName, hashesFile.Name);
                json.WriteStartArray("obsolete");
                foreach (var file in obsolete.Order(StringComparer.Ordinal))
                {
                    json.WriteStringValue(file);
                }

                json.WriteEndArray();
                json.WriteStartArray("unknown");
                foreach (var request in unknown)
                {
                    json.WriteNumberValue(request);
                }

                json.WriteEndArray();
            };
        }
        finally
        {
            foreach (var store in stores)
            {
                store.Dispose();
            }
        }
    }

    /// <summary>The subjects that have no rows in an adapter's shard any more.</summary>
    public static IEnumerable<(ushort Adapter, uint Subject)> ReadGone(SafetensorsFile file)
    {
        var subjects = file.Get<uint>(SubjectsName, -1).ToArray();
        var adapters = file.Get<ushort>(AdaptersName, subjects.Length).ToArray();
        return adapters.Zip(subjects);
    }

    private static byte[] Write(List<(ushort Adapter, uint Subject)> gone)
    {
        var writer = new SafetensorsWriter();
        writer.Add<uint>(SubjectsName, gone.Select(g => g.Subject).ToArray(), gone.Count);
        writer.Add<ushort>(AdaptersName, gone.Select(g => g.Adapter).ToArray(), gone.Count);
        return writer.ToArray();
    }

    // All rows of a subject lie below one slot, and so do those whose tags begin as its does.
    private static IEnumerable<(ushort Adapter, uint Subject)> GoneFrom(RecordStore after, IEnumerable<RowRef> removed)
    {
        foreach (var subject in removed.GroupBy(row => row.Key.SubjectPrefix))
        {
            var left = after.FindPrefix(subject.Key).SelectMany(row => row.Route.ToArray()).ToHashSet();
            foreach (var adapter in subject.SelectMany(row => row.Route.ToArray()).Distinct().Where(a => !left.Contains(a)).Order())
            {
                yield return (adapter, subject.Key);
            }
        }
    }

    private void RequireKnown(List<int> unknown)
    {
        if (run.Forgetting.IgnoreUnknown || unknown.Count == 0)
        {
            return;
        }

        if (run.Forgetting.IsRenewed)
        {
            var forgotten = run.ForgottenTags();
            var targets = run.Targets.All.ToLookup(t => t.Request, t => t.Target);
            unknown = [.. unknown.Where(r => !targets[r].All(t => forgotten.Contains(t.ToTag()) || forgotten.Contains(t.Key.ToTag(withRecord: false))))];
        }

        if (unknown.Count > 0)
        {
            var place = run.Forgetting.Requests is { } file ? $"{file}: " : "";
            throw LegoNetException.BadInput(
                $"{place}nothing is stored of request {unknown.Min()}{(unknown.Count > 1 ? $" and {unknown.Count - 1} more" : "")}, so nothing was forgotten.");
        }
    }
}
