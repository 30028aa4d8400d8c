using System.Formats.Tar;
using System.IO.Compression;
using LegoNet.Benchmarks;
using LegoNet.Data;
using LegoNet.Onnx;
using LegoNet.Onnx.Graphs;
using LegoNet.Onnx.Treatments;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Onnx;

namespace LegoNet.MLNet.Benchmarks;

/// <summary>
/// EncodeOnnx against ML.NET's ApplyOnnxModel: MobileNetV1 at 128 px on the CPU, the same ready tensors, the same native library, two
/// threads each (ApplyOnnxModel: inside one inference; EncodeOnnx: two batches of one thread); then the second pass, from the cache.
/// </summary>
internal static class EncodeBenchmark
{
    private const int Side = 128;
    private const int Tensors = 200;
    private const int Rows = 1200;
    private const int Pairs = 9;
    private const int Threads = 2;

    public static void Run(string data)
    {
        var folder = Directory.CreateTempSubdirectory("legonet-bench-");
        try
        {
            var ml = new MLContext(seed: 1);
            var encoder = Path.Combine(data, "encoders", "mobilenetv1_encoder.onnx");
            var image = new ImageTreatment(Side, Side, true, [2 / 255.0], [-1]);
            var files = Images(Path.Combine(data, "images", "cifar10-jpg.tar.gz"), 2000);
            var tensors = files.Take(Tensors).Select(file => Tensor(file, image)).ToArray();

            // The encoder with its size fixed, so that a ready tensor is a vector of declared length.
            var sized = Path.Combine(folder.FullName, "sized.onnx");
            var (input, output) = FixSize(encoder, sized);
            foreach (var batch in (int[])[1, 4, 16])
            {
                var card = Path.Combine(folder.FullName, $"tensor-{batch}.card.json");
                var vectors = new MemorySource(tensors.Select(t => (RecordInput)new VectorInput(t)));
                EncoderCard.Make(sized, vectors, new EncoderCardRequest(new VectorTreatment(), batch, 0), card, "cpu", Threads);
                Compare(ml, tensors, sized, card, batch, input, output);
            }

            var imageCard = Path.Combine(folder.FullName, "image.card.json");
            var images = new MemorySource(files.Take(Tensors).Select(f => (RecordInput)new ImageFileInput(f)));
            EncoderCard.Make(encoder, images, new EncoderCardRequest(image, 16, 0), imageCard, "cpu", Threads);
            Cached(ml, files, imageCard, Path.Combine(folder.FullName, "cache"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Compare(MLContext ml, float[][] tensors, string model, string card, int batch, string input, string output)
    {
        var schema = SchemaDefinition.Create(typeof(TensorRow));
        schema[nameof(TensorRow.Tensor)].ColumnName = input;
        var view = ml.Data.LoadFromEnumerable(Enumerable.Range(0, Rows).Select(i => new TensorRow { Tensor = tensors[i % tensors.Length] }), schema);
        using var ours = ml.Transforms.EncodeOnnx(new EncodeOnnxEstimator.Options
        {
            OutputColumnName = "Features",
            InputColumnName = input,
            Card = card,
            Device = "cpu",
            Threads = Threads,
        }).Fit(view);
        using var theirs = ml.Transforms.ApplyOnnxModel(new OnnxOptions
        {
            ModelFile = model,
            InputColumns = [input],
            OutputColumns = [output],
            IntraOpNumThreads = Threads,
            ShapeDictionary = new Dictionary<string, int[]> { [input] = [1, 3, Side, Side] },
        }).Fit(view);
        var (a, b) = (ours.Transform(view), theirs.Transform(view));
        Read(ml.Data.TakeRows(a, Tensors), "Features");
        Read(ml.Data.TakeRows(b, Tensors), output);
        var (first, second) = Timing.Pairs(Pairs, () => Read(a, "Features"), () => Read(b, output));
        Console.WriteLine($"ready tensors, batch {batch}, {Rows} rows, {Pairs} pairs: "
            + $"EncodeOnnx median {Rows / Timing.Median(first):N0}/s, ApplyOnnxModel {Rows / Timing.Median(second):N0}/s, "
            + $"median ratio {Timing.Median(second.Zip(first, (t, o) => t / o)):F2}");
    }

    private static void Cached(MLContext ml, byte[][] files, string card, string cache)
    {
        var view = ml.Data.LoadFromEnumerable(files.Select((f, i) => new ImageRow { Id = $"image {i}", Image = f }));
        using var encode = ml.Transforms.EncodeOnnx(new EncodeOnnxEstimator.Options
        {
            OutputColumnName = "Features",
            InputColumnName = nameof(ImageRow.Image),
            Card = card,
            Device = "cpu",
            Threads = Threads,
            CacheDirectory = cache,
            IdColumnName = nameof(ImageRow.Id),
        }).Fit(view);
        var features = encode.Transform(view);
        var first = Read(features, "Features");
        double[] later = [.. Enumerable.Range(0, Pairs).Select(_ => Read(features, "Features"))];
        Console.WriteLine($"cached, {files.Length} JPEG files: first pass {files.Length / first:N0}/s, "
            + $"later passes median {files.Length / Timing.Median(later):N0}/s, "
            + $"slowest {files.Length / later.Max():N0}/s: median {first / Timing.Median(later):F0} ×");
    }

    private static double Read(IDataView view, string column) => Timing.Seconds(() =>
    {
        using var cursor = view.GetRowCursor([view.Schema[column]]);
        var get = cursor.GetGetter<VBuffer<float>>(view.Schema[column]);
        VBuffer<float> value = default;
        while (cursor.MoveNext())
        {
            get(ref value);
        }
    });

    private static (string Input, string Output) FixSize(string encoder, string path)
    {
        var model = OnnxModelFile.Parse(File.ReadAllBytes(encoder), encoder);
        var builder = new OnnxModelBuilder("sized", 13) { IrVersion = model.IrVersion };
        foreach (var (domain, version) in model.Opsets)
        {
            builder.Opset(domain, version);
        }

        foreach (var field in model.GraphFields.Where(f => f.Number is 1 or 5 or 13))
        {
            builder.GraphField(field);
        }

        builder.Input(model.Inputs[0].Name, OnnxType.Float, "N", 3, Side, Side);
        builder.Output(model.Outputs[0].Name, OnnxType.Float, "N", 1024);
        File.WriteAllBytes(path, builder.ToArray());
        return (model.Inputs[0].Name, model.Outputs[0].Name);
    }

    private static float[] Tensor(byte[] file, ImageTreatment treatment)
    {
        var tensor = new float[3 * Side * Side];
        using var reader = new ImageReader(treatment);
        reader.Read(new SourceRecord("", "", null, new ImageFileInput(file), "benchmark"), tensor);
        return tensor;
    }

    private static byte[][] Images(string archive, int count)
    {
        using var tar = new TarReader(new GZipStream(File.OpenRead(archive), CompressionMode.Decompress));
        var files = new List<byte[]>();
        while (files.Count < count && tar.GetNextEntry() is { } entry)
        {
            if (entry.DataStream is { } stream && entry.Name.EndsWith(".jpg", StringComparison.Ordinal))
            {
                using var copy = new MemoryStream();
                stream.CopyTo(copy);
                files.Add(copy.ToArray());
            }
        }

        return [.. files];
    }

    private sealed class MemorySource(IEnumerable<RecordInput> inputs) : IRecordSource
    {
        public string Name => "benchmark";

        public long? Count => null;

        public bool IdsArePositions => true;

        public IEnumerable<SourceRecord> Read(CancellationToken cancellationToken)
            => inputs.Select((input, i) => new SourceRecord($"{i}", $"{i}", null, input, $"row {i}"));
    }

    private sealed class TensorRow
    {
        [VectorType(3, Side, Side)]
        public float[] Tensor { get; set; } = [];
    }

    private sealed class ImageRow
    {
        public string Id { get; set; } = "";

        public byte[] Image { get; set; } = [];
    }
}
