using System.Text.Json;
using LegoNet.Records;

namespace LegoNet.Runs;

/// <summary>What became of the records of a range of keys.</summary>
/// <param name="Slots">The trie's node of each slot of the range; null where a slot has no records.</param>
/// <param name="Shards">Rows of each adapter, [n]: those that are stored or, where records are forgotten, those that go.</param>
/// <param name="Repeated">Records that repeat another one and were passed over.</param>
internal sealed record RecordsOfRange(IReadOnlyList<NodeRef?> Slots, IReadOnlyList<long> Shards, long Repeated)
{
    /// <summary>Records.</summary>
    public long Count => Slots.Sum(s => s?.Count ?? 0);

    public static void Write(Utf8JsonWriter json, RecordsOfRange records)
    {
        json.WriteNumber("repeated", records.Repeated);
        json.WriteStartArray("slots");
        foreach (var slot in records.Slots)
        {
            if (slot is null)
            {
                json.WriteNullValue();
            }
            else
            {
                json.WriteStartObject();
                InteriorNode.WriteRef(json, slot);
                json.WriteEndObject();
            }
        }

        json.WriteEndArray();
        json.WriteStartArray("shards");
        foreach (var count in records.Shards)
        {
            json.WriteNumberValue(count);
        }

        json.WriteEndArray();
    }

    public static RecordsOfRange Read(FittingRun run, int range)
    {
        var content = run.ResultOf(run.TaskOf(TrainPlan.Records, range)).Content;
        return new RecordsOfRange(
            [.. content.ObjectsAndNulls("slots").Select(s => s is null ? null : InteriorNode.ReadRef(s))],
            [.. (content.OptionalNumbers("shards") ?? []).Select(n => (long)n)],
            content.Integer("repeated", 0, long.MaxValue));
    }
}
