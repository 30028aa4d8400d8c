using LegoNet.Calibration;
using LegoNet.Data;
using LegoNet.Data.Json;
using LegoNet.Encoders;
using LegoNet.Encoders.Tabular;

namespace LegoNet.Tests.Encoders;

public sealed class ClampingTests
{
    [Fact]
    public void Encode_VectorsOutsideTheRange_AreCounted()
    {
        using var encoder = new VectorEncoder(CodeCalibration.FromRange(2, -1, 1));
        encoder.Encode([Record(new VectorInput(new float[] { -2, 1 })), Record(new VectorInput(new float[] { 0, 1.5f }))], new sbyte[4]);
        Assert.Equal(2, ((IClampingEncoder)encoder).Clamped);
    }

    [Fact]
    public void Encode_NumbersOfATableOutsideTheRange_AreCounted()
    {
        var json = """{"type":"tabular","columns":[{"name":"a","min":0,"max":1},{"name":"b","min":0,"max":1},{"name":"a","edges":[0.5]}]}""";
        using var encoder = TabularEncoder.FromSpec(StrictJson.Parse(json, "spec"));
        string[][] rows = [["0", "1"], ["-0.5", "2"], ["0.5", "1.1"]];
        encoder.Encode([.. rows.Select(fields => Record(new TableRowInput(["a", "b"], fields)))], new sbyte[3 * encoder.Dimension]);
        Assert.Equal(3, ((IClampingEncoder)encoder).Clamped);
    }

    private static SourceRecord Record(RecordInput input) => new("subject", "id", null, input, "here");
}
