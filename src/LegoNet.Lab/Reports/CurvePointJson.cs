using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using LegoNet.Lab.Attacks;

namespace LegoNet.Lab.Reports;

/// <summary>A point of a curve as [false positives, true positives] on one line: there are thousands of them.</summary>
internal sealed class CurvePointJson : JsonConverter<CurvePoint>
{
    /// <inheritdoc/>
    public override CurvePoint Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var point = new double[2];
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException();
        }

        foreach (ref var rate in point.AsSpan())
        {
            rate = reader.Read() && reader.TokenType == JsonTokenType.Number ? reader.GetDouble() : throw new JsonException();
        }

        return reader.Read() && reader.TokenType == JsonTokenType.EndArray ? new CurvePoint(point[0], point[1]) : throw new JsonException();
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, CurvePoint value, JsonSerializerOptions options)
        => writer.WriteRawValue(string.Create(CultureInfo.InvariantCulture, $"[{value.FalsePositives:R}, {value.TruePositives:R}]"));
}
