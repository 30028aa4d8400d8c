using System.Collections.Concurrent;
using System.Security.Cryptography;
using LegoNet.Data;
using LegoNet.Encoders;
using LegoNet.Onnx.Graphs;
using LegoNet.Onnx.Runtime;
using LegoNet.Onnx.Treatments;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace LegoNet.Onnx;

/// <summary>
/// A frozen ONNX model that turns inputs into float32 encodings. One inference always carries the same number of rows on one thread,
/// so an encoding depends on its own input alone; speed comes from several callers at once. Thread-safe.
/// </summary>
/// <remarks>
/// A caller's thread first decodes its records and then runs the model; with two or more callers, one decodes while another infers.
/// Some models mix the rows of a batch, for instance by quantising with the batch's range or by padding texts to the longest:
/// <see cref="CheckIndependence"/> finds out, and batch size 1 is the way out.
/// </remarks>
internal sealed class OnnxEncoder : IDisposable
{
    private const int MaxBatch = 1024;

    private readonly string _file;
    private readonly InferenceSession _session;
    private readonly RunOptions _run = OrtRuntime.QuietRun();
    private readonly ImageReader? _images;
    private readonly string[] _inputNames;
    private readonly string[] _outputNames;
    private readonly long[] _inputShape;
    private readonly long[] _outputShape;
    private readonly int _inputRow;
    private readonly ConcurrentBag<Workspace> _workspaces = [];

    /// <summary>Loads a model.</summary>
    /// <param name="modelPath">The ONNX file: one input, weights inside the file.</param>
    /// <param name="treatment">How inputs become the model's tensor.</param>
    /// <param name="batchSize">Rows B of the fixed batch shape, 1–1024.</param>
    /// <param name="device">"auto" (CUDA where it works, otherwise the CPU), "cpu", "cuda" or "cuda:N".</param>
    /// <param name="expectedSha256">The file's SHA-256 in hex, checked before the file is given to ONNX Runtime; null to accept any.</param>
    /// <param name="output">Name of the output that holds the encoding; null where the model has one output only.</param>
    /// <exception cref="LegoNetException">
    /// The file is missing, is another than expected, is no usable ONNX model or does not accept the treatment's tensor, or the
    /// device was asked for by name and does not work.
    /// </exception>
    public OnnxEncoder(string modelPath, InputTreatment treatment, int batchSize, string device = "auto", string? expectedSha256 = null, string? output = null)
        : this(modelPath, treatment, batchSize, device, expectedSha256, output, threads: 1)
    {
    }

    /// <summary>The same with several threads inside one inference, to measure what that would change.</summary>
    internal OnnxEncoder(string modelPath, InputTreatment treatment, int batchSize, string device, string? expectedSha256, string? output, int threads)
    {
        ArgumentNullException.ThrowIfNull(treatment);
        var cudaDevice = EncoderDevice.Parse(device);
        Treatment = treatment;
        BatchSize = CheckBatchSize(batchSize);
        _file = modelPath;
        var model = ReadModel(modelPath);
        ModelDigest = Convert.ToHexStringLower(SHA256.HashData(model));
        if (expectedSha256 is not null && !ModelDigest.Equals(expectedSha256, StringComparison.OrdinalIgnoreCase))
        {
            throw LegoNetException.BadInput($"{modelPath}: is another encoder than the one expected (SHA-256 {ModelDigest}, not {expectedSha256}).");
        }

        var file = OnnxModelFile.Parse(model, modelPath);
        if (file.HasExternalData)
        {
            throw LegoNetException.BadInput($"{modelPath}: keeps weights in separate files, which its digest would not cover; save it as one file.");
        }

        Runtime = OrtRuntime.Version;
        (_session, Provider, WhyNotCuda) = CreateSession(model, device, cudaDevice, threads);
        var kind = ProcessorKind.Here;
        Processor = Provider == "cuda" ? CudaDevice.NameOf(cudaDevice!.Value) : file.ComputesInIntegers ? kind.Integers : kind.Floats;
        try
        {
            (_inputNames, _inputShape) = DescribeInput();
            _inputRow = checked((int)_inputShape.Skip(1).Aggregate(1L, (a, b) => checked(a * b)));
            _ = checked(_inputRow * batchSize);
            OutputName = ChooseOutput(output);
            _outputNames = [OutputName];
            _images = treatment is ImageTreatment image ? new ImageReader(image) : null;
            _outputShape = Probe();
            Dimension = (int)_outputShape[1];
        }
        catch (OverflowException)
        {
            Dispose();
            throw LegoNetException.BadInput($"{modelPath}: a batch of {batchSize} would take more than 2^31 values.");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The encoding's length D.</summary>
    public int Dimension { get; }

    /// <summary>Rows B of every inference.</summary>
    public int BatchSize { get; }

    /// <summary>How inputs become the model's tensor.</summary>
    public InputTreatment Treatment { get; }

    /// <summary>SHA-256 of the model file, in lower-case hex.</summary>
    public string ModelDigest { get; }

    /// <summary>Name of the model's output that holds the encoding.</summary>
    public string OutputName { get; }

    /// <summary>Runtime and version of the native library in use, e.g. "onnxruntime 1.29.0".</summary>
    public string Runtime { get; }

    /// <summary>Execution provider in use: "cpu" or "cuda".</summary>
    public string Provider { get; }

    /// <summary>Kind of the processor that the model runs on: "x64 avx512" or a GPU's name, for instance; null for a GPU that does not say.</summary>
    public string? Processor { get; }

    /// <summary>Arithmetic between the model's float32 input and its float32 output; what the model does inside is its file's matter.</summary>
    public string Precision { get; } = "float32";

    /// <summary>One sentence that says why "auto" came down to the CPU; null where it did not.</summary>
    public string? WhyNotCuda { get; }

    /// <summary>Encodes up to <see cref="BatchSize"/> records.</summary>
    /// <param name="records">The records; their inputs must suit <see cref="Treatment"/>.</param>
    /// <param name="encodings">Receives row-major float32 encodings, [records.Count, <see cref="Dimension"/>].</param>
    /// <exception cref="LegoNetException">
    /// An input has the wrong kind or shape, cannot be decoded, or encodes to NaN or infinity; the record's origin is named.
    /// </exception>
    /// <exception cref="ArgumentException">There are more records than <see cref="BatchSize"/>, or the span's length does not fit.</exception>
    public void Encode(IReadOnlyList<SourceRecord> records, Span<float> encodings)
    {
        ArgumentNullException.ThrowIfNull(records);
        if (records.Count > BatchSize || encodings.Length != records.Count * Dimension)
        {
            throw new ArgumentException($"At most {BatchSize} records and {Dimension} values for each are expected.", nameof(records));
        }

        if (records.Count == 0)
        {
            return;
        }

        if (!_workspaces.TryTake(out var workspace))
        {
            workspace = new Workspace(this);
        }

        try
        {
            if (Treatment is TextTreatment)
            {
                using var texts = Texts(records);
                Run(texts, workspace, records);
            }
            else
            {
                Fill(records, workspace.Input);
                Run(workspace.InputValue!, workspace, records);
            }

            var result = workspace.Output.AsSpan(0, encodings.Length);
            for (var i = 0; i < records.Count; i++)
            {
                foreach (var value in result.Slice(i * Dimension, Dimension))
                {
                    if (!float.IsFinite(value))
                    {
                        throw LegoNetException.BadInput($"{records[i].Origin}: the encoder answers with a value that is not finite.");
                    }
                }
            }

            result.CopyTo(encodings);
        }
        finally
        {
            _workspaces.Add(workspace);
        }
    }

    /// <summary>
    /// Tells whether encodings are independent of neighbours, position and count at this batch shape: encodes the records in order,
    /// in reverse, shifted by one, in partly filled batches and some alone, and compares every bit.
    /// </summary>
    /// <param name="records">Records to try with, best two batches or more of distinct inputs; at least two.</param>
    /// <returns>True when all bits agreed; false when the model mixes rows and must run with batch size 1.</returns>
    /// <exception cref="LegoNetException">As <see cref="Encode"/>.</exception>
    public bool CheckIndependence(IReadOnlyList<SourceRecord> records)
    {
        ArgumentNullException.ThrowIfNull(records);
        var n = records.Count;
        var expected = new float[(long)n * Dimension];
        int[] order = [.. Enumerable.Range(0, n)];
        EncodeInto(records, order, BatchSize, expected);

        int[][] orders = [[.. order.Reverse()], [.. order.Skip(1), .. order.Take(1)], order];
        int[] counts = [BatchSize, BatchSize, Math.Max(1, BatchSize / 2)];
        var actual = new float[expected.Length];
        for (var t = 0; t < orders.Length; t++)
        {
            actual.AsSpan().Fill(float.NaN);
            EncodeInto(records, orders[t], counts[t], actual);
            if (!SameBits(expected, actual))
            {
                return false;
            }
        }

        var row = new float[Dimension];
        for (var i = 0; i < n; i += Math.Max(1, n / 4))
        {
            Encode([records[i]], row);
            if (!SameBits(expected.AsSpan(i * Dimension, Dimension), row))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Frees the model and all buffers. No call may be under way.</summary>
    public void Dispose()
    {
        while (_workspaces.TryTake(out var workspace))
        {
            workspace.Dispose();
        }

        _images?.Dispose();
        _session?.Dispose();
        _run.Dispose();
    }

    private static bool SameBits(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
        => System.Runtime.InteropServices.MemoryMarshal.AsBytes(a).SequenceEqual(System.Runtime.InteropServices.MemoryMarshal.AsBytes(b));

    private void EncodeInto(IReadOnlyList<SourceRecord> records, int[] order, int count, Span<float> encodings)
    {
        var rows = new float[count * Dimension];
        for (var start = 0; start < order.Length; start += count)
        {
            var batch = order[start..Math.Min(order.Length, start + count)];
            Encode([.. batch.Select(i => records[i])], rows.AsSpan(0, batch.Length * Dimension));
            for (var i = 0; i < batch.Length; i++)
            {
                rows.AsSpan(i * Dimension, Dimension).CopyTo(encodings[(batch[i] * Dimension)..]);
            }
        }
    }

    private void Fill(IReadOnlyList<SourceRecord> records, Span<float> input)
    {
        for (var i = 0; i < records.Count; i++)
        {
            var row = input.Slice(i * _inputRow, _inputRow);
            if (_images is not null)
            {
                _images.Read(records[i], row);
                continue;
            }

            if (records[i].Input is not VectorInput vector)
            {
                throw LegoNetException.BadInput($"{records[i].Origin}: the encoder reads vectors, and this record has none.");
            }

            if (vector.Values.Length != _inputRow)
            {
                throw LegoNetException.BadInput(
                    $"{records[i].Origin}: the encoder reads vectors of {_inputRow} values, and this one has {vector.Values.Length}.");
            }

            vector.Values.Span.CopyTo(row);
        }

        // Padding is the same whatever the buffer held before.
        input[(records.Count * _inputRow)..].Clear();
    }

    private OrtValue Texts(IReadOnlyList<SourceRecord> records)
    {
        var value = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, _inputShape);
        try
        {
            for (var i = 0; i < BatchSize; i++)
            {
                // Padded with the first text again: some tokenizers refuse an empty one.
                var record = records[i < records.Count ? i : 0];
                var text = record.Input as TextInput ?? throw LegoNetException.BadInput($"{record.Origin}: the encoder reads texts, and this record has none.");
                value.StringTensorSetElementAt(text.Text.AsSpan(), i);
            }

            return value;
        }
        catch
        {
            value.Dispose();
            throw;
        }
    }

    private void Run(OrtValue input, Workspace workspace, IReadOnlyList<SourceRecord> records)
    {
        try
        {
            _session.Run(_run, _inputNames, [input], _outputNames, [workspace.OutputValue]);
        }
        catch (Exception e) when (OrtRuntime.IsFailure(e))
        {
            var place = records.Count == 1 ? records[0].Origin : $"{records[0].Origin} to {records[^1].Origin}";
            throw LegoNetException.BadInput($"{place}: the encoder fails on this input ({OrtRuntime.FirstLine(e)}).", e);
        }
    }

    /// <summary>The batch size, if it is one.</summary>
    /// <exception cref="LegoNetException">It is not from 1 to 1024.</exception>
    public static int CheckBatchSize(int batchSize) => batchSize is >= 1 and <= MaxBatch
        ? batchSize
        : throw LegoNetException.BadInput($"The batch size must be a whole number from 1 to {MaxBatch}, not {batchSize}.");

    private static byte[] ReadModel(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw LegoNetException.BadInput($"{path}: the encoder cannot be read ({e.Message.TrimEnd('.')}).", e);
        }
    }

    private (InferenceSession Session, string Provider, string? WhyNotCuda) CreateSession(byte[] model, string device, int? cudaDevice, int threads)
    {
        string? note = null;
        if (cudaDevice is { } number)
        {
            try
            {
                using var options = OrtRuntime.Options(threads);
                using var cuda = new OrtCUDAProviderOptions();

                // What could make two runs differ is pinned: no TF32, no timing of algorithms, one stream.
                cuda.UpdateOptions(new Dictionary<string, string>
                {
                    ["device_id"] = number.ToString(System.Globalization.CultureInfo.InvariantCulture),
                    ["use_tf32"] = "0",
                    ["cudnn_conv_algo_search"] = "DEFAULT",
                    ["do_copy_in_default_stream"] = "1",
                    ["enable_cuda_graph"] = "0",
                });
                options.AppendExecutionProvider_CUDA(cuda);
                OrtRuntime.TryRegisterExtensions(options, out _);
                return (OrtRuntime.Open(model, options), "cuda", null);
            }
            catch (Exception e) when (OrtRuntime.IsFailure(e))
            {
                if (device != "auto")
                {
                    throw LegoNetException.BadInput($"Device \"{device}\" cannot be used ({OrtRuntime.FirstLine(e)}).", e);
                }

                note = $"The encoder runs on the CPU, because CUDA cannot be used ({OrtRuntime.FirstLine(e)}).";
            }
        }

        string? missing = null;
        try
        {
            using var options = OrtRuntime.Options(threads);
            OrtRuntime.TryRegisterExtensions(options, out missing);
            return (OrtRuntime.Open(model, options), "cpu", note);
        }
        catch (Exception e) when (OrtRuntime.IsFailure(e))
        {
            var extensions = missing is null ? "" : $"; onnxruntime-extensions cannot be loaded: {missing}";
            throw LegoNetException.BadInput($"{_file}: ONNX Runtime cannot load the encoder ({OrtRuntime.FirstLine(e)}{extensions}).", e);
        }
    }

    private (string[] Names, long[] Shape) DescribeInput()
    {
        if (_session.InputNames.Count != 1)
        {
            throw LegoNetException.BadInput($"{_file}: an encoder has one input, and this model has {_session.InputNames.Count}.");
        }

        var name = _session.InputNames[0];
        var input = _session.InputMetadata[name];
        var wanted = Treatment is TextTreatment ? TensorElementType.String : TensorElementType.Float;
        if (!input.IsTensor || input.ElementDataType != wanted)
        {
            throw LegoNetException.BadInput($"{_file}: input \"{name}\" must be a {(Treatment is TextTreatment ? "string" : "float32")} tensor.");
        }

        var declared = input.Dimensions;
        long[] shape = Treatment switch
        {
            ImageTreatment image => ImageReader.Shape(image, BatchSize),
            TextTreatment => declared.Length == 2 ? [BatchSize, 1] : [BatchSize],
            _ => [BatchSize, .. declared.Skip(1).Select(d => (long)d)],
        };

        if (Treatment is VectorTreatment && (declared.Length < 2 || shape.Any(d => d < 1)))
        {
            throw LegoNetException.BadInput($"{_file}: input \"{name}\" must declare the length of its vectors.");
        }

        // A rank of 0 is how a model that says nothing about its shape looks here.
        if (declared.Length != 0 && (declared.Length != shape.Length || declared.Where((d, i) => d > 0 && d != shape[i]).Any()))
        {
            var stands = string.Join(", ", declared.Select((d, i) => d > 0 ? $"{d}" : input.SymbolicDimensions[i] is { Length: > 0 } symbol ? symbol : "?"));
            throw LegoNetException.BadInput(
                $"{_file}: input \"{name}\" has the shape [{stands}], and the treatment and batch size give [{string.Join(", ", shape)}].");
        }

        return ([name], shape);
    }

    private string ChooseOutput(string? output)
    {
        var names = _session.OutputNames;
        var chosen = output ?? (names.Count == 1 ? names[0] : null);
        if (chosen is null || !names.Contains(chosen))
        {
            var question = output is null ? "name the output that holds the encoding" : $"there is no output \"{output}\"";
            throw LegoNetException.BadInput($"{_file}: {question}; the model has {string.Join(", ", names.Select(n => $"\"{n}\""))}.");
        }

        var metadata = _session.OutputMetadata[chosen];
        return metadata.IsTensor && metadata.ElementDataType == TensorElementType.Float
            ? chosen
            : throw LegoNetException.BadInput($"{_file}: output \"{chosen}\" must be a float32 tensor.");
    }

    /// <summary>Runs the model once on an empty batch: the earliest moment at which it can object to the shape, and the answer tells D.</summary>
    private long[] Probe()
    {
        long[] shape;
        try
        {
            using var input = Treatment is TextTreatment
                ? Texts([new SourceRecord("", "", null, new TextInput("a"), "")])
                : OrtValue.CreateTensorValueFromMemory(new float[_inputRow * BatchSize], _inputShape);
            using var outputs = _session.Run(_run, _inputNames, [input], _outputNames);
            shape = outputs[0].GetTensorTypeAndShape().Shape;
        }
        catch (Exception e) when (OrtRuntime.IsFailure(e))
        {
            throw LegoNetException.BadInput(
                $"{_file}: the encoder rejects an input of shape [{string.Join(", ", _inputShape)}] ({OrtRuntime.FirstLine(e)}).", e);
        }

        return shape.Length >= 2 && shape[0] == BatchSize && shape[1] > 0 && shape.Skip(2).All(d => d == 1)
            ? shape
            : throw LegoNetException.BadInput(
                $"{_file}: output \"{OutputName}\" has the shape [{string.Join(", ", shape)}]; an encoding is [{BatchSize}, D], perhaps followed by ones.");
    }

    /// <summary>One caller's buffers, pinned and bound to ONNX Runtime once.</summary>
    private sealed class Workspace : IDisposable
    {
        public Workspace(OnnxEncoder encoder)
        {
            Input = encoder.Treatment is TextTreatment ? [] : GC.AllocateArray<float>(encoder._inputRow * encoder.BatchSize, pinned: true);
            Output = GC.AllocateArray<float>(encoder.Dimension * encoder.BatchSize, pinned: true);
            InputValue = Input.Length == 0 ? null : OrtValue.CreateTensorValueFromMemory(Input, encoder._inputShape);
            OutputValue = OrtValue.CreateTensorValueFromMemory(Output, encoder._outputShape);
        }

        public float[] Input { get; }

        public float[] Output { get; }

        public OrtValue? InputValue { get; }

        public OrtValue OutputValue { get; }

        public void Dispose()
        {
            InputValue?.Dispose();
            OutputValue.Dispose();
        }
    }
}
