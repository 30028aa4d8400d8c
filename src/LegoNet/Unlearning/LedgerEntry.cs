using System.Text.Json;
using LegoNet.Storage;

namespace LegoNet.Unlearning;

/// <summary>
/// One line of a model's history. It binds the roots before and after and holds keyed tags only: no identity, no content, and no
/// adapter numbers either, since a route tells about the record.
/// </summary>
internal sealed record LedgerEntry(int Sequence, DateTimeOffset Time, string Operation, string? RootBefore, string RootAfter, string Spec, string? Previous, IReadOnlyList<string> Tags)
{
    public byte[] ToJson() => CanonicalJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteNumber("sequence", Sequence);
        json.WriteString("time", Time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ"));
        json.WriteString("operation", Operation);
        json.WriteString("guarantee", nameof(Guarantee.Exact));
        json.WriteString("rootBefore", RootBefore);
        json.WriteString("rootAfter", RootAfter);
        json.WriteString("spec", Spec);
        json.WriteString("previous", Previous);
        json.WriteStartArray("tags");
        foreach (var tag in Tags)
        {
            json.WriteStringValue(tag);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    public static LedgerEntry Parse(ReadOnlyMemory<byte> bytes, string file)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            var root = document.RootElement;
            return new LedgerEntry(
                root.GetProperty("sequence").GetInt32(),
                root.GetProperty("time").GetDateTimeOffset(),
                root.GetProperty("operation").GetString()!,
                root.GetProperty("rootBefore").GetString(),
                root.GetProperty("rootAfter").GetString()!,
                root.GetProperty("spec").GetString()!,
                root.GetProperty("previous").GetString(),
                [.. root.GetProperty("tags").EnumerateArray().Select(t => t.GetString()!)]);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            throw LegoNetException.Damaged($"{file}: not a ledger entry ({LegoNetException.Cause(e)}).", e);
        }
    }
}
