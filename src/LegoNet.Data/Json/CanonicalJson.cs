using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LegoNet.Data.Json;

/// <summary>
/// JSON with one spelling per value: members sorted by ordinal, no white space, numbers in their shortest round-trip form. Files
/// that are digested and compared are written this way.
/// </summary>
internal static class CanonicalJson
{
    /// <summary>How times are spelled: UTC, to the millisecond.</summary>
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes one JSON value canonically.</summary>
    public static byte[] Write(Action<Utf8JsonWriter> write)
    {
        using var document = JsonDocument.Parse(WriteRaw(write));
        return Write(document.RootElement);
    }

    /// <summary>Rewrites a parsed JSON value canonically.</summary>
    /// <exception cref="FormatException">A number is too large for float64; the message continues a sentence that names the file.</exception>
    public static byte[] Write(JsonElement element)
    {
        var sorted = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(sorted, s_options))
        {
            Copy(element, writer);
        }

        return sorted.WrittenSpan.ToArray();
    }

    /// <summary>Writes a JSON value whose members come in ordinal order, and whose numbers are integers, without reading it again.</summary>
    /// <param name="write">Writes the value.</param>
    /// <param name="length">About how many bytes it will have.</param>
    internal static byte[] WriteOrdered(Action<Utf8JsonWriter> write, int length)
    {
        var bytes = WriteRaw(write, length);
        Debug.Assert(Write(writer => writer.WriteRawValue(bytes)).AsSpan().SequenceEqual(bytes), "The members are not in order.");
        return bytes;
    }

    /// <summary>Spells a time; whatever is finer than a millisecond is dropped.</summary>
    internal static string Spell(DateTimeOffset time) => time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);

    /// <summary>Reads a time that is spelled that way.</summary>
    internal static bool TryReadTime(string text, out DateTimeOffset time)
    {
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        return DateTimeOffset.TryParseExact(text, TimeFormat, CultureInfo.InvariantCulture, Utc, out time);
    }

    private static byte[] WriteRaw(Action<Utf8JsonWriter> write, int length = 256)
    {
        var raw = new ArrayBufferWriter<byte>(length);
        using (var writer = new Utf8JsonWriter(raw, s_options))
        {
            write(writer);
        }

        return raw.WrittenSpan.ToArray();
    }

    private static void Copy(JsonElement element, Utf8JsonWriter writer)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in element.EnumerateObject().OrderBy(m => m.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(member.Name);
                    Copy(member.Value, writer);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                {
                    Copy(item, writer);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.Number when element.TryGetInt64(out var integer):
                writer.WriteNumberValue(integer);
                break;
            case JsonValueKind.Number:
                // 1.0 and 1 are the same number and must get the same spelling.
                var number = element.GetDouble();
                if (!double.IsFinite(number))
                {
                    throw new FormatException("has a number that is too large");
                }

                if (number == Math.Truncate(number) && Math.Abs(number) < 1L << 53)
                {
                    writer.WriteNumberValue((long)number);
                }
                else
                {
                    writer.WriteNumberValue(number);
                }

                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }
}
