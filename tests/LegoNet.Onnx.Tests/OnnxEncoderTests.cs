using System.Runtime.InteropServices;
using LegoNet.Calibration;
using LegoNet.Data;
using LegoNet.Onnx.Graphs;
using LegoNet.Onnx.Runtime;
using LegoNet.Onnx.Treatments;

namespace LegoNet.Onnx.Tests;

public class OnnxEncoderTests
{
    private static readonly ImageTreatment s_image = new(8, 8, linear: true, [1 / 127.5], [-1]);

    [Fact]
    public void Encode_OfVectors_GivesTheModelsAnswer()
    {
        using var folder = new TempFolder();
        using var encoder = new OnnxEncoder(folder.Write("m.onnx", TinyEncoders.Vector(3, 2)), new VectorTreatment(), 4, "cpu");
        var rows = new float[4];

        encoder.Encode([Vector(1, 0, 0), Vector(0, 0, 1)], rows);

        Assert.Equal(2, encoder.Dimension);
        Assert.Equal("cpu", encoder.Provider);
        Assert.StartsWith("onnxruntime 1.", encoder.Runtime, StringComparison.Ordinal);
        Assert.Null(encoder.WhyNotCuda);
        Assert.Equal([-48 / 64f, 14 / 64f, 6 / 64f, -29 / 64f], rows);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(16)]
    public void Encode_AtAnyPlaceAndCount_GivesTheSameBits(int batch)
    {
        using var folder = new TempFolder();
        using var encoder = new OnnxEncoder(folder.Write("m.onnx", TinyEncoders.Image()), s_image, batch, "cpu");

        Assert.True(encoder.CheckIndependence([.. Enumerable.Range(0, 37).Select(Picture)]));
    }

    [Fact]
    public void CheckIndependence_OfAModelThatMixesRows_IsFalseUntilBatchOne()
    {
        using var folder = new TempFolder();
        var path = folder.Write("m.onnx", TinyEncoders.Mixing(3));
        SourceRecord[] records = [.. Enumerable.Range(0, 9).Select(i => Vector(i, -i, i * i))];
        using var eight = new OnnxEncoder(path, new VectorTreatment(), 8, "cpu");
        using var one = new OnnxEncoder(path, new VectorTreatment(), 1, "cpu");

        Assert.False(eight.CheckIndependence(records));
        Assert.True(one.CheckIndependence(records));
    }

    [Fact]
    public void Encode_FromManyThreads_GivesTheSameBits()
    {
        using var folder = new TempFolder();
        using var encoder = new OnnxEncoder(folder.Write("m.onnx", TinyEncoders.Image()), s_image, 4, "cpu");
        SourceRecord[] records = [.. Enumerable.Range(0, 200).Select(Picture)];
        var expected = new float[records.Length * 6];
        var actual = new float[expected.Length];
        for (var i = 0; i < records.Length; i += 4)
        {
            encoder.Encode(records[i..(i + 4)], expected.AsSpan(i * 6, 24));
        }

        Parallel.For(
            0,
            50,
            new ParallelOptions { MaxDegreeOfParallelism = 4 },
            b => encoder.Encode(records[(4 * b)..((4 * b) + 4)], actual.AsSpan(b * 24, 24)));

        Assert.Equal(Bits(expected), Bits(actual));
    }

    [Fact]
    public void Encode_OfAPngAndOfItsPixels_GivesTheSameBits()
    {
        using var folder = new TempFolder();
        using var encoder = new OnnxEncoder(folder.Write("m.onnx", TinyEncoders.Image()), s_image, 2, "cpu");
        var pixels = ((PixelInput)Picture(3).Input).Pixels;
        var rows = new float[12];

        encoder.Encode([Record(new ImageFileInput(PngWriter.Rgb(11, 7, pixels.Span))), Record(new PixelInput(pixels, 7, 11, 3))], rows);

        Assert.Equal(Bits(rows[..6]), Bits(rows[6..]));
    }

    [Fact]
    public void Encode_OfGreyPixels_RepeatsThem()
    {
        using var folder = new TempFolder();
        using var encoder = new OnnxEncoder(folder.Write("m.onnx", TinyEncoders.Image()), s_image, 2, "cpu");
        byte[] grey = [.. Enumerable.Range(0, 25).Select(i => (byte)(i * 10))];
        byte[] rgb = [.. grey.SelectMany(g => new[] { g, g, g })];
        var rows = new float[12];

        encoder.Encode([Record(new PixelInput(grey, 5, 5, 1)), Record(new PixelInput(rgb, 5, 5, 3))], rows);

        Assert.Equal(Bits(rows[..6]), Bits(rows[6..]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ImageReader_WithoutResizing_ScalesEachChannel(bool channelsFirst)
    {
        using var reader = new ImageReader(new ImageTreatment(2, 2, linear: true, [1, 0.5, 0.25], [0, -1, 10], channelsFirst));
        var tensor = new float[12];

        reader.Read(Record(new PixelInput(new byte[] { 1, 2, 4, 10, 20, 40, 100, 200, 240, 255, 254, 252 }, 2, 2, 3)), tensor);

        Assert.Equal(channelsFirst ? [1, 10, 100, 255, 0, 9, 99, 126, 11, 20, 70, 73] : [1, 0, 11, 10, 9, 20, 100, 99, 70, 255, 126, 73], tensor);
    }

    [Fact]
    public void ImageReader_DoublingTheSize_InterpolatesAtHalfPixelCentres()
    {
        using var reader = new ImageReader(new ImageTreatment(1, 4, linear: true, [1], [0]));
        var tensor = new float[12];

        reader.Read(Record(new PixelInput(new byte[] { 0, 100 }, 1, 2, 1)), tensor);

        Assert.Equal([0, 25, 75, 100], tensor[..4]);
    }

    [Theory]
    [InlineData(TestInput.Text, "reads images")]
    [InlineData(TestInput.BrokenFile, "neither a JPEG nor a PNG")]
    [InlineData(TestInput.CutJpeg, "too early")]
    [InlineData(TestInput.WrongShape, "as many as the shape says")]
    public void Encode_OfAnInputThatIsNoImage_NamesItsOrigin(TestInput kind, string reason)
    {
        using var folder = new TempFolder();
        using var encoder = new OnnxEncoder(folder.Write("m.onnx", TinyEncoders.Image()), s_image, 2, "cpu");
        RecordInput input = kind switch
        {
            TestInput.Text => new TextInput("x"),
            TestInput.BrokenFile => new ImageFileInput(new byte[100]),
            TestInput.CutJpeg => new ImageFileInput(Convert.FromBase64String(JpegSamples.All[0].Base64).AsMemory()[..^2]),
            _ => new PixelInput(new byte[10], 2, 2, 3),
        };
        var rows = new float[12];

        var e = Assert.Throws<LegoNetException>(() => encoder.Encode([Picture(1), Record(input, "photos.tar.gz: a/b.jpg")], rows));

        Assert.Equal(LegoNetError.BadInput, e.Error);
        Assert.StartsWith("photos.tar.gz: a/b.jpg: ", e.Message, StringComparison.Ordinal);
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);

        // The buffers of the failed call serve the next one.
        encoder.Encode([Picture(1), Picture(2)], rows);
    }

    [Fact]
    public void Encode_ToInfinity_NamesTheRecord()
    {
        using var folder = new TempFolder();
        using var encoder = new OnnxEncoder(folder.Write("m.onnx", TinyEncoders.Vector(3, 2, factor: 1e30f)), new VectorTreatment(), 4, "cpu");
        var rows = new float[4];

        var e = Assert.Throws<LegoNetException>(() => encoder.Encode([Vector(1, 0, 0), Record(new VectorInput(new[] { 1e30f, 0, 0 }), "line 7")], rows));

        Assert.Equal("line 7: the encoder answers with a value that is not finite.", e.Message);
    }

    [Fact]
    public void Encode_OfAVectorOfAnotherLength_SaysBothLengths()
    {
        using var folder = new TempFolder();
        using var encoder = new OnnxEncoder(folder.Write("m.onnx", TinyEncoders.Vector(3, 2)), new VectorTreatment(), 4, "cpu");
        var e = Assert.Throws<LegoNetException>(() => encoder.Encode([Record(new VectorInput(new float[5]), "row 2")], new float[2]));
        Assert.Equal("row 2: the encoder reads vectors of 3 values, and this one has 5.", e.Message);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Encode_OfTexts_GoesThroughOnnxsTextOperators(int batch)
    {
        using var folder = new TempFolder();
        using var encoder = new OnnxEncoder(folder.Write("m.onnx", TinyEncoders.Text()), new TextTreatment(), batch, "cpu");
        var rows = new float[9];
        string[] texts = ["pear", "nothing", "plum"];
        for (var i = 0; i < 3; i += batch)
        {
            var count = Math.Min(batch, 3 - i);
            encoder.Encode([.. texts.Skip(i).Take(count).Select(t => Record(new TextInput(t)))], rows.AsSpan(i * 3, count * 3));
        }

        Assert.Equal([0, 1, 0, 0, 0, 0, 0, 0, 1], rows);
    }

    [Fact]
    public void Encode_OfATextByAnExtensionsOperator_Works()
    {
        using var folder = new TempFolder();
        using (var options = OrtRuntime.Options())
        {
            Assert.SkipUnless(OrtRuntime.TryRegisterExtensions(options, out _), "onnxruntime-extensions is not here.");
        }

        using var encoder = new OnnxEncoder(folder.Write("m.onnx", TinyEncoders.ExtensionText()), new TextTreatment(), 1, "cpu");
        var row = new float[2];

        encoder.Encode([Record(new TextInput("häuser"))], row);

        Assert.Equal([6, 6], row);
    }

    [Fact]
    public void Constructor_WithAnotherDigest_NamesBoth()
    {
        using var folder = new TempFolder();
        var path = folder.Write("m.onnx", TinyEncoders.Vector(3, 2));
        using var good = new OnnxEncoder(path, new VectorTreatment(), 1, "cpu");
        using var same = new OnnxEncoder(path, new VectorTreatment(), 1, "cpu", good.ModelDigest.ToUpperInvariant());

        var e = Assert.Throws<LegoNetException>(() => new OnnxEncoder(path, new VectorTreatment(), 1, "cpu", new string('a', 64)));

        Assert.Contains(good.ModelDigest, e.Message, StringComparison.Ordinal);
        Assert.Contains("aaaa", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_WithAModelItCannotUse_SaysWhy()
    {
        using var folder = new TempFolder();
        var vector = folder.Write("vector.onnx", TinyEncoders.Vector(3, 2));
        var image = folder.Write("image.onnx", TinyEncoders.Image());
        var single = folder.Write("single.onnx", TinyEncoders.Image(batch: 1));
        var broken = folder.Write("broken.onnx", File.ReadAllBytes(vector).AsSpan()[..^20]);

        Fails(folder["none.onnx"], new VectorTreatment(), 1, "cannot be read");
        Fails(broken, new VectorTreatment(), 1, "broken.onnx: ");
        Fails(vector, s_image, 1, "[N, 3]");
        Fails(vector, new TextTreatment(), 1, "must be a string tensor");
        Fails(image, new VectorTreatment(), 1, "must declare the length");
        Fails(image, new ImageTreatment(8, 8, true, [1], [0], channelsFirst: false), 1, "[batch, 3, height, width]");
        Fails(single, s_image, 2, "batch size give [2, 3, 8, 8]");
        Fails(vector, new VectorTreatment(), 0, "batch size");
        Fails(vector, new VectorTreatment(), 1, "no output \"code\"", output: "code");
        Fails(vector, new VectorTreatment(), 1, "cuda:N", device: "gpu");

        static void Fails(string path, InputTreatment treatment, int batch, string reason, string device = "cpu", string? output = null)
        {
            var e = Assert.Throws<LegoNetException>(() => new OnnxEncoder(path, treatment, batch, device, output: output));
            Assert.Equal(LegoNetError.BadInput, e.Error);
            Assert.Contains(reason, e.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', e.Message);
        }
    }

    [Fact]
    public void Constructor_WithAnOutputOfRankFour_TakesItAsAnEncoding()
    {
        using var folder = new TempFolder();
        using var flat = new OnnxEncoder(folder.Write("a.onnx", TinyEncoders.Image()), s_image, 2, "cpu");
        using var deep = new OnnxEncoder(folder.Write("b.onnx", TinyEncoders.Image(rank4: true)), s_image, 2, "cpu", output: "features");
        float[] a = new float[6], b = new float[6];

        flat.Encode([Picture(5)], a);
        deep.Encode([Picture(5)], b);

        Assert.Equal(Bits(a), Bits(b));
    }

    [Fact]
    public void Constructor_WithAShapeTheModelRejects_NamesTheShape()
    {
        // A Reshape in the model fits 4 by 4 only, which no declared axis says.
        var graph = new OnnxModelBuilder("strict", 13);
        graph.Input("pixels", OnnxType.Float, "N", 3, "h", "w");
        graph.Node("Reshape", "features", ["pixels", graph.Constant("shape", [2], [1L, 48])]);
        graph.Output("features", OnnxType.Float, "N", 48);
        using var folder = new TempFolder();
        var path = folder.Write("m.onnx", graph.ToArray());

        using var fits = new OnnxEncoder(path, new ImageTreatment(4, 4, true, [1], [0]), 1, "cpu");
        var e = Assert.Throws<LegoNetException>(() => new OnnxEncoder(path, s_image, 1, "cpu"));

        Assert.Contains("rejects an input of shape [1, 3, 8, 8]", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_OnAuto_RunsOnCudaOrSaysWhyNot()
    {
        using var folder = new TempFolder();
        var path = folder.Write("m.onnx", TinyEncoders.Vector(3, 2));

        using var encoder = new OnnxEncoder(path, new VectorTreatment(), 2, "auto");
        if (encoder.Provider == "cuda")
        {
            Assert.Null(encoder.WhyNotCuda);
            return;
        }

        Assert.Equal("cpu", encoder.Provider);
        Assert.StartsWith("The encoder runs on the CPU, because CUDA cannot be used", encoder.WhyNotCuda, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', encoder.WhyNotCuda!);
        var e = Assert.Throws<LegoNetException>(() => new OnnxEncoder(path, new VectorTreatment(), 2, "cuda:0"));
        Assert.StartsWith("Device \"cuda:0\" cannot be used", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CodeEncoder_QuantisesAndSignsWithAllThatMadeTheCode()
    {
        using var folder = new TempFolder();
        var path = folder.Write("m.onnx", TinyEncoders.Vector(3, 2));
        var calibration = new CodeCalibration([0.5, -0.5], [1, 2]);
        using var encoder = new OnnxCodeEncoder(new OnnxEncoder(path, new VectorTreatment(), 4, "cpu"), calibration, "c1");
        using var again = new OnnxCodeEncoder(new OnnxEncoder(path, new VectorTreatment(), 4, "cpu"), calibration, "c1");
        using var other = new OnnxCodeEncoder(new OnnxEncoder(path, new VectorTreatment(), 4, "cpu"), calibration, "c2");
        using var plain = new OnnxEncoder(path, new VectorTreatment(), 4, "cpu");
        SourceRecord[] records = [Vector(1, 2, 3), Vector(-9, 0, 0.25f), Vector(0, 0, 0)];
        var codes = new sbyte[6];
        var encodings = new float[6];
        var expected = new sbyte[6];

        encoder.Encode(records, codes);
        plain.Encode(records, encodings);
        for (var i = 0; i < 3; i++)
        {
            calibration.Quantise(encodings.AsSpan(2 * i, 2), expected.AsSpan(2 * i, 2));
        }

        Assert.Equal(expected, codes);
        Assert.Equal(encoder.Fingerprint, again.Fingerprint);
        Assert.NotEqual(encoder.Fingerprint.Encoder, other.Fingerprint.Encoder);
        var made = encoder.Fingerprint;
        Assert.Equal((plain.Runtime, "cpu", "float32", 1, 4), (made.Runtime, made.Provider, made.Precision, made.Threads, made.Batch));
        Assert.Equal(ProcessorKind.Here.Floats, made.Processor);
        Assert.Throws<LegoNetException>(() => new OnnxCodeEncoder(plain, new CodeCalibration([0], [1]), "c"));
    }

    [Fact]
    public void Processor_OfAQuantisedModel_IsTheKindForIntegers()
    {
        using var folder = new TempFolder();
        using var encoder = new OnnxEncoder(folder.Write("m.onnx", TinyEncoders.Quantised(2)), new VectorTreatment(), 1, "cpu");
        var encoding = new float[2];
        encoder.Encode([Vector(0.26f, 1)], encoding);
        Assert.Equal([0.25f, 1], encoding);
        Assert.Equal(ProcessorKind.Here.Integers, encoder.Processor);
    }

    [Fact]
    public void CheckIndependence_OfMobileNetOnCifar_HoldsAndThreadsDoNotMatter()
    {
        var records = RealImages.Cifar(40);
        var treatment = new ImageTreatment(64, 64, linear: true, [1 / 127.5], [-1]);
        using var encoder = new OnnxEncoder(RealImages.MobileNet, treatment, 16, "cpu");
        using var threaded = new OnnxEncoder(RealImages.MobileNet, treatment, 16, "cpu", null, null, threads: 2);
        Assert.Equal(1024, encoder.Dimension);
        float[] one = new float[16 * 1024], two = new float[one.Length];

        encoder.Encode([.. records.Take(16)], one);
        threaded.Encode([.. records.Take(16)], two);

        Assert.True(encoder.CheckIndependence(records));
        Assert.Equal(Bits(one), Bits(two));
        Assert.Equal(16, Enumerable.Range(0, 16).Select(i => Convert.ToHexString(Bits(one)[(i * 4096)..((i + 1) * 4096)])).Distinct().Count());
    }

    private static byte[] Bits(float[] values) => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();

    private static SourceRecord Vector(params float[] values) => Record(new VectorInput(values));

    private static SourceRecord Picture(int seed)
    {
        var pixels = new byte[7 * 11 * 3];
        new Random(seed).NextBytes(pixels);
        return Record(new PixelInput(pixels, 7, 11, 3));
    }

    private static SourceRecord Record(RecordInput input, string origin = "somewhere") => new("subject", "id", null, input, origin);

    public enum TestInput
    {
        Text,
        BrokenFile,
        CutJpeg,
        WrongShape,
    }
}
