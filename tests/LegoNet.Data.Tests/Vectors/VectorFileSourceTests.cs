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

    // 1.5 and -2, 65504, 2^-24 and -0 in half precision; -128, 127 and 0 as bytes. By hand: [2, 3] in both orders.
    [Theory]
    [InlineData("<f2", false, "003E 00C0 FF7B 0100 0080 003C", "1.5 -2 65504 5.9604645E-08 -0 1")]
    [InlineData("<f2", true, "003E 0100 00C0 0080 FF7B 003C", "1.5 -2 65504 5.9604645E-08 -0 1")]
    [InlineData("|i1", false, "80 7F 00 FF 01 81", "-128 127 0 -1 1 -127")]
    [InlineData("|i1", true, "80 FF 7F 01 00 81", "-128 127 0 -1 1 -127")]
    [InlineData("<f4", true, "0000803F 000080C0 00000040 0000B040 00004040 0000C03F", "1 2 3 -4 5.5 1.5")]
    [InlineData("<f8", true, "000000000000F03F 00000000000010C0 0000000000000040 0000000000001640 0000000000000840 000000000000F83F", "1 2 3 -4 5.5 1.5")]
    public void Read_NpyOfAnyElementAndOrder_GivesTheSameRows(string type, bool fortran, string bytes, string expected)
    {
        using var folder = new TempFolder();
        var header = GoodHeader.Replace("<f4", type).Replace("False", fortran ? "True" : "False");
        folder.Write("x.npy", Npy(header, Convert.FromHexString(bytes.Replace(" ", ""))));
        var records = ReadAll(Create(folder, """{"type":"npy","vectors":"x.npy"}"""));
        Assert.Equal(expected.Split(' ').Select(v => float.Parse(v, System.Globalization.CultureInfo.InvariantCulture)), records.SelectMany(Vector));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Read_NpyOfSeveralBlocks_GivesEveryRow(bool fortran)
    {
        const int Rows = 70_001;
        const int Columns = 300;
        using var folder = new TempFolder();
        var data = new byte[Rows * Columns];
        for (var row = 0; row < Rows; row++)
        {
            for (var column = 0; column < Columns; column++)
            {
                data[fortran ? (column * Rows) + row : (row * Columns) + column] = (byte)((row * 7) + column);
            }
        }

        folder.Write("x.npy", Npy($"{{'descr': '|i1', 'fortran_order': {fortran}, 'shape': ({Rows}, {Columns})}}", data));
        var row0 = 0;
        foreach (var record in Create(folder, """{"type":"npy","vectors":"x.npy"}""").Read(TestContext.Current.CancellationToken))
        {
            var vector = Vector(record);
            Assert.Equal((sbyte)(byte)(row0 * 7), vector[0]);
            Assert.Equal((sbyte)(byte)((row0 * 7) + Columns - 1), vector[^1]);
            row0++;
        }

        Assert.Equal(Rows, row0);
    }

    [Theory]
    [InlineData("I8", "8001FF")]
    [InlineData("F16", "00D8003C00BC")]
    public void Read_SafetensorsOfSmallElements_GivesNumbers(string type, string bytes)
    {
        using var folder = new TempFolder();
        var data = Convert.FromHexString(bytes);
        folder.Write("x.safetensors", Safetensors($$$"""{"a":{"dtype":"{{{type}}}","shape":[1,3],"data_offsets":[0,{{{data.Length}}}]}}""", data));
        Assert.Equal([-128f, 1f, -1f], Vector(ReadAll(Create(folder, """{"type":"safetensors","vectors":"x.safetensors"}"""))[0]));
    }

    [Theory]
    [InlineData("{'descr': '>f4', 'fortran_order': False, 'shape': (2, 3), }", "elements of type '>f4'")]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (2, 3), }", "elements of type '|O'")]
    [InlineData("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2, 3), }", "malformed .npy header")]
    [InlineData("{'descr': '>f4', 'fortran_order': True, 'shape': (2, 3), }", "newbyteorder('<')")]
    [InlineData("{'descr': '>f2', 'fortran_order': False, 'shape': (4, 3), }", "elements of type '>f2'; '<f4', '<f8', '<f2' and '|i1' are read")]
    [InlineData("{'descr': '|u1', 'fortran_order': False, 'shape': (8, 3), }", "elements of type '|u1'")]
    [InlineData("{'descr': '|i1', 'fortran_order': True, 'shape': (2, 3), }", "bytes where its header describes")]
    [InlineData("{'descr': '<f2', 'fortran_order': True, 'shape': (2, 3, 2), }", "has 3 dimensions")]
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
    [InlineData("<f2", double.PositiveInfinity)]
    public void Read_NotFinite_NamesRowAndElement(string type, double value)
    {
        using var folder = new TempFolder();
        var data = type switch
        {
            "<f2" => Convert.FromHexString("003C003C003C003C007C003C"),
            "<f4" => Floats([1, 2, 3, 4, (float)value, 6]),
            _ => Doubles(1, 2, 3, 4, value, 6),
        };
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
        folder.Write("x.safetensors", Safetensors(
            """{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"b":{"dtype":"I64","shape":[1],"data_offsets":[24,32]}}""",
            [.. Floats(s_values), .. new byte[8]]));
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
