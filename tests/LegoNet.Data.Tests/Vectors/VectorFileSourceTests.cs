using System.Buffers.Binary;
using static LegoNet.Data.Tests.Support.SourceTesting;

namespace LegoNet.Data.Tests.Vectors;

public class VectorFileSourceTests
{
    private const string Json = """{"type":"npy","vectors":"x.npy","records":"m.csv","label":"y","subject":"who","id":"id"}""";
    private const string GoodHeader = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }";

    private static readonly float[] s_values = [1, 2, 3, -4, 5.5f, 1e-40f];

    [Theory]
    [InlineData(1, GoodHeader)]
    [InlineData(2, GoodHeader)]
    [InlineData(1, "{\"shape\":(2,3),'fortran_order':False,'descr':'<f4'}")]
    public void Read_Npy_GivesVectorsWithTheirRecords(byte version, string header)
    {
        using var folder = new TempFolder();
        folder.Write("x.npy", Npy(header, Floats(s_values), version));
        folder.Write("m.csv", "id,who,y\na,ann,0\nb,bob,1\n");

        var source = Create(folder, Json);
        var records = ReadAll(source);

        Assert.Equal(2, source.Count);
        Assert.False(source.IdsArePositions);
        Assert.Equal([("ann", "a", "0"), ("bob", "b", "1")], records.Select(r => (r.Subject, r.Id, r.Label!)));
        Assert.Equal(s_values[..3], Vector(records[0]));
        Assert.Equal(s_values[3..], Vector(records[1]));
        Assert.EndsWith("x.npy: row 2", records[1].Origin);
    }

    [Fact]
    public void Read_NpyOfDoublesWithoutRecords_RoundsAndNamesByPosition()
    {
        using var folder = new TempFolder();
        folder.Write("x.npy", Npy(GoodHeader.Replace("f4", "f8"), Doubles(0.1, 16777217, 3, 4, 5, 6)));

        var source = Create(folder, """{"type":"npy","vectors":"x.npy"}""");
        var records = ReadAll(source);

        Assert.True(source.IdsArePositions);
        Assert.Equal(["x.npy:1", "x.npy:2"], records.Select(r => r.Id));
        Assert.Equal([0.1f, 16777216f, 3f], Vector(records[0]));
        Assert.Null(records[0].Label);
    }

    [Theory]
    [InlineData("{'descr': '>f4', 'fortran_order': False, 'shape': (2, 3), }", "elements of type '>f4'")]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (2, 3), }", "elements of type '|O'")]
    [InlineData("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2, 3), }", "malformed .npy header")]
    [InlineData("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }", "Fortran order")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (6,), }", "has 1 dimensions")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (), }", "has 0 dimensions")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2, 3), }", "has 3 dimensions")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 3), }", "has the shape [0, 3]")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 4), }", "bytes where its header describes")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3), }", "bytes where its header describes")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4), }", "bytes where its header describes")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999, 4), }", "malformed")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 999999999), }", "has the shape")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (-2, 3), }", "malformed")]
    [InlineData("{'descr': '<f4', 'fortran_order': False}", "malformed")]
    [InlineData("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)}", "malformed")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), 'x': 1}", "malformed")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)} x", "malformed")]
    [InlineData("{'descr': '<f4", "malformed")]
    [InlineData("{'descr'", "malformed")]
    [InlineData("", "malformed")]
    public void Read_NpyHeaderUnfit_SaysWhy(string header, string message)
    {
        using var folder = new TempFolder();
        folder.Write("x.npy", Npy(header, Floats(s_values)));

        var failure = Failure(folder, """{"type":"npy","vectors":"x.npy"}""");

        Assert.Contains("x.npy", failure);
        Assert.Contains(message, failure);
    }

    [Fact]
    public void Read_NpyCutOrOfAnotherKind_Fails()
    {
        using var folder = new TempFolder();
        var whole = Npy(GoodHeader, Floats(s_values));
        foreach (var length in (int[])[0, 5, 11, 40, whole.Length - 1])
        {
            folder.Write("x.npy", whole.AsSpan()[..length]);
            Assert.Contains("x.npy", Failure(folder, """{"type":"npy","vectors":"x.npy"}"""));
        }

        folder.Write("x.npy", "PK\u0003\u0004 a zip file, as .npz is one");
        Assert.Contains("is no .npy file", Failure(folder, """{"type":"npy","vectors":"x.npy"}"""));
        folder.Write("x.npy", Npy(GoodHeader, Floats(s_values), version: 3));
        Assert.Contains("format version 3", Failure(folder, """{"type":"npy","vectors":"x.npy"}"""));

        // A version 2 header may claim 4 GiB.
        folder.Write("x.npy", [0x93, .. "NUMPY"u8, 2, 0, 0xFF, 0xFF, 0xFF, 0xFF, 1, 2]);
        Assert.Contains("cut off or too long", Failure(folder, """{"type":"npy","vectors":"x.npy"}"""));
    }

    [Theory]
    [InlineData("<f4", float.NaN)]
    [InlineData("<f4", float.NegativeInfinity)]
    [InlineData("<f8", double.NaN)]
    [InlineData("<f8", 1e300)]
    public void Read_NotFinite_NamesRowAndElement(string type, double value)
    {
        using var folder = new TempFolder();
        var data = type == "<f4" ? Floats([1, 2, 3, 4, (float)value, 6]) : Doubles(1, 2, 3, 4, value, 6);
        folder.Write("x.npy", Npy(GoodHeader.Replace("<f4", type), data));

        Assert.Contains("x.npy: row 2: element 2 is no finite", Failure(folder, """{"type":"npy","vectors":"x.npy"}"""));
    }

    [Theory]
    [InlineData("id,who,y\na,ann,0\n", "m.csv: has 1 rows where")]
    [InlineData("id,who,y\na,ann,0\nb,bob,1\nc,cid,1\n", "m.csv: has more rows than")]
    [InlineData("id,who\na,ann\nb,bob\n", "m.csv: has no column \"y\"")]
    public void Read_RecordsThatDoNotFit_SaysWhy(string records, string message)
    {
        using var folder = new TempFolder();
        folder.Write("x.npy", Npy(GoodHeader, Floats(s_values)));
        folder.Write("m.csv", records);

        Assert.Contains(message, Failure(folder, Json));
    }

    [Fact]
    public void Create_ColumnsWithoutRecords_IsAnError()
    {
        using var folder = new TempFolder();

        Assert.Contains("label is not a known member", Failure(() => Create(folder, """{"type":"npy","vectors":"x.npy","label":"y"}""")));
    }

    [Fact]
    public void Read_Safetensors_GivesVectorsWithTheirRecords()
    {
        using var folder = new TempFolder();
        folder.Write("x.safetensors", Safetensors("""{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"b":{"dtype":"I64","shape":[1],"data_offsets":[24,32]}}""", [.. Floats(s_values), .. new byte[8]]));
        folder.Write("m.csv", "y\n0\n1\n");

        var source = Create(folder, """{"type":"safetensors","vectors":"x.safetensors","tensor":"a","records":"m.csv","label":"y"}""");
        var records = ReadAll(source);

        Assert.Equal(2, source.Count);
        Assert.Equal(["x.safetensors:1", "x.safetensors:2"], records.Select(r => r.Id));
        Assert.Equal(["0", "1"], records.Select(r => r.Label));
        Assert.Equal(s_values[3..], Vector(records[1]));
        Assert.Contains("name one as \"tensor\"", Failure(folder, """{"type":"safetensors","vectors":"x.safetensors"}"""));
        Assert.Contains("has no array \"c\"; it has a, b", Failure(folder, """{"type":"safetensors","vectors":"x.safetensors","tensor":"c"}"""));
        Assert.Contains("array \"b\" is I64 [1]", Failure(folder, """{"type":"safetensors","vectors":"x.safetensors","tensor":"b"}"""));
    }

    [Fact]
    public void Read_SafetensorsCutOrMissing_Fails()
    {
        using var folder = new TempFolder();
        var whole = Safetensors("""{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}""", Floats(s_values));
        foreach (var length in (int[])[0, 7, 20, whole.Length - 1])
        {
            folder.Write("x.safetensors", whole.AsSpan()[..length]);
            Assert.Contains("x.safetensors", Failure(folder, """{"type":"safetensors","vectors":"x.safetensors"}"""));
        }

        File.Delete(folder["x.safetensors"]);
        Assert.Contains("no such file", Failure(folder, """{"type":"safetensors","vectors":"x.safetensors"}"""));
    }

    internal static byte[] Npy(string header, byte[] data, byte version = 1)
    {
        var text = System.Text.Encoding.Latin1.GetBytes(header);
        byte[] length = version == 1 ? [(byte)text.Length, (byte)(text.Length >> 8)] : [(byte)text.Length, (byte)(text.Length >> 8), 0, 0];
        return [0x93, .. "NUMPY"u8, version, 0, .. length, .. text, .. data];
    }

    internal static byte[] Floats(float[] values)
    {
        var bytes = new byte[4 * values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(4 * i), values[i]);
        }

        return bytes;
    }

    private static byte[] Doubles(params double[] values)
    {
        var bytes = new byte[8 * values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(8 * i), values[i]);
        }

        return bytes;
    }

    private static byte[] Safetensors(string header, byte[] data)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, header.Length);
        return [.. bytes, .. System.Text.Encoding.UTF8.GetBytes(header), .. data];
    }
}
