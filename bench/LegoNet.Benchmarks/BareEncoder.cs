using LegoNet.Data;
using LegoNet.Onnx;
using LegoNet.Onnx.Runtime;
using LegoNet.Onnx.Treatments;
using Microsoft.ML.OnnxRuntime;

namespace LegoNet.Benchmarks;

/// <summary>ONNX Runtime by itself: an encoder's session, run over tensors that stand ready in memory, its outputs thrown away.</summary>
internal sealed class BareEncoder : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _run = OrtRuntime.QuietRun();
    private readonly string[] _inputs;
    private readonly string[] _outputs;
    private readonly OrtValue[] _batches;
    private readonly OrtValue[] _results;
    private readonly int _batch;
    private readonly int _callers;
    private readonly int _threadsInside;

    /// <summary>Loads the encoder.</summary>
    /// <param name="model">The ONNX file.</param>
    /// <param name="output">The output that holds the encoding.</param>
    /// <param name="treatment">What gave the tensors their shape.</param>
    /// <param name="tensors">Ready tensors, one per image, over which the loop goes again and again.</param>
    /// <param name="batch">Rows of an inference.</param>
    /// <param name="callers">Inferences at a time.</param>
    /// <param name="threadsInside">Threads of one inference.</param>
    public BareEncoder(string model, string output, ImageTreatment treatment, float[][] tensors, int batch, int callers, int threadsInside)
    {
        (_batch, _callers, _threadsInside) = (batch, callers, threadsInside);
        using (var options = OrtRuntime.Options(threadsInside))
        {
            _session = new InferenceSession(model, options);
        }

        _inputs = [_session.InputNames[0]];
        _outputs = [output];
        var shape = ImageReader.Shape(treatment, batch);
        _batches = new OrtValue[Math.Max(1, tensors.Length / batch)];
        for (var i = 0; i < _batches.Length; i++)
        {
            var rows = new float[batch * tensors[0].Length];
            for (var row = 0; row < batch; row++)
            {
                tensors[((i * batch) + row) % tensors.Length].CopyTo(rows, row * tensors[0].Length);
            }

            _batches[i] = OrtValue.CreateTensorValueFromMemory(rows, shape);
        }

        long[] result;
        using (var first = _session.Run(_run, _inputs, [_batches[0]], _outputs))
        {
            result = first[0].GetTensorTypeAndShape().Shape;
        }

        var length = result.Aggregate(1L, (a, b) => a * b);
        _results = [.. Enumerable.Range(0, callers).Select(_ => OrtValue.CreateTensorValueFromMemory(new float[length], result))];
    }

    /// <summary>Reads the tensors of a source's first images.</summary>
    public static float[][] Tensors(IRecordSource source, ImageTreatment treatment, int count, CancellationToken cancellationToken)
    {
        using var reader = new ImageReader(treatment);
        return [.. source.Read(cancellationToken).Take(count).Select(record =>
        {
            var tensor = new float[ImageReader.Shape(treatment, 1).Aggregate(1L, (a, b) => a * b)];
            reader.Read(record, tensor);
            return tensor;
        })];
    }

    /// <summary>Runs at least as many rows and tells the rate.</summary>
    public double RecordsPerSecond(int records)
    {
        var inferences = (records + _batch - 1) / _batch;
        var next = -1;
        return inferences * (double)_batch / Timing.Seconds(() => Task.WaitAll([.. _results.Select(result => Task.Factory.StartNew(
            () =>
            {
                for (int i; (i = Interlocked.Increment(ref next)) < inferences;)
                {
                    _session.Run(_run, _inputs, [_batches[i % _batches.Length]], _outputs, [result]);
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default))]));
    }

    public override string ToString()
        => $"batch {_batch}, {(_callers > 1 ? $"{_callers} callers" : _threadsInside > 1 ? $"{_threadsInside} threads inside" : "one thread")}";

    public void Dispose()
    {
        foreach (var value in _batches.Concat(_results))
        {
            value.Dispose();
        }

        _session.Dispose();
        _run.Dispose();
    }
}
