using System.Collections.Concurrent;
using LegoNet.Adapters;
using LegoNet.Data.Formats;
using LegoNet.Specs;
using Microsoft.ML;

namespace LegoNet.MLNet.Adapters;

/// <summary>
/// An adapter that is a transformer of ML.NET's: score = scale · "Score" + offset. Scored by ML.NET itself, in float32, with the sums of the
/// machine at hand, so that the last bits of its scores may differ between machines. Thread-safe: engines are pooled.
/// </summary>
internal sealed class EstimatorAdapter : IAdapter
{
    private readonly double[] _scales;
    private readonly double[] _offsets;
    private readonly int[] _models;
    private readonly int[] _slots;
    private readonly Pool[] _pools;

    private EstimatorAdapter(double[] scales, double[] offsets, int[] models, int[] slots, Pool[] pools)
    {
        _scales = scales;
        _offsets = offsets;
        _models = models;
        _slots = slots;
        _pools = pools;
    }

    /// <summary>Writes an adapter's file.</summary>
    /// <param name="scores">The scores, [C]; several may be slots of one transformer.</param>
    public static byte[] Write(FittedScore<EstimatorScore>[] scores)
    {
        var fitted = scores.Where(s => s.Model is not null).Select(s => s.Model!.Content);
        EstimatorContent[] contents = [.. fitted.Distinct(ReferenceEqualityComparer.Instance).Cast<EstimatorContent>()];
        var models = Array.ConvertAll(scores, s => s.Model is null ? -1 : Array.FindIndex(contents, c => ReferenceEquals(c, s.Model.Content)));
        var writer = new SafetensorsWriter();
        writer.Add<double>("scales", Array.ConvertAll(scores, s => s.Scale), scores.Length);
        writer.Add<double>("offsets", Array.ConvertAll(scores, s => s.Offset), scores.Length);
        writer.Add<int>("models", models, scores.Length);
        writer.Add<int>("slots", Array.ConvertAll(scores, s => s.Model?.Slot ?? -1), scores.Length);
        for (var m = 0; m < contents.Length; m++)
        {
            foreach (var (name, bytes) in contents[m].Entries)
            {
                writer.Add<byte>($"{m}/{name}", bytes, bytes.Length);
            }
        }

        return writer.ToArray();
    }

    /// <summary>Reads an adapter's file.</summary>
    /// <exception cref="LegoNetException">The file is not one of these, or ML.NET does not load what it holds.</exception>
    public static EstimatorAdapter Read(ReadOnlyMemory<byte> bytes, string file, LabelLayout labels, int dimension)
    {
        var parsed = SafetensorsFile.Parse(bytes, file, LegoNetError.Damaged);
        var scales = parsed.Get<double>("scales", labels.Outputs).ToArray();
        var offsets = parsed.Get<double>("offsets", labels.Outputs).ToArray();
        var models = parsed.Get<int>("models", labels.Outputs).ToArray();
        var slots = parsed.Get<int>("slots", labels.Outputs).ToArray();
        for (var c = 0; c < models.Length; c++)
        {
            var hasSlot = models[c] >= 0 && labels.Task == LearningTask.Multiclass;
            var slotFits = hasSlot ? slots[c] >= 0 && slots[c] < labels.Outputs : slots[c] == -1;
            if (!double.IsFinite(scales[c]) || !double.IsFinite(offsets[c]) || models[c] < -1 || models[c] >= models.Length || !slotFits)
            {
                throw LegoNetException.Damaged($"{file}: score {c} is not that of a transformer.");
            }
        }

        var count = models.Max() + 1;
        var pools = new Pool[count];
        for (var m = 0; m < count; m++)
        {
            var prefix = $"{m}/";
            var content = new EstimatorContent(
            [
                .. parsed.Header.Tensors.Where(t => t.Name.StartsWith(prefix, StringComparison.Ordinal)).OrderBy(t => t.Name, StringComparer.Ordinal)
                    .Select(t => (t.Name[prefix.Length..], parsed.Get<byte>(t.Name, -1).ToArray())),
            ]);
            pools[m] = Load(content, file, labels, dimension);
        }

        return new EstimatorAdapter(scales, offsets, models, slots, pools);
    }

    /// <inheritdoc/>
    public void AddScores(ReadOnlySpan<double> code, Span<double> scores)
    {
        Span<float> single = stackalloc float[1];
        var scored = -1;
        ReadOnlySpan<float> values = default;
        for (var c = 0; c < _models.Length; c++)
        {
            var model = _models[c];
            if (model >= 0 && model != scored)
            {
                values = _pools[model].Score(code, single);
                scored = model;
            }

            scores[c] += model < 0 ? _offsets[c] : (_scales[c] * values[Math.Max(0, _slots[c])]) + _offsets[c];
        }
    }

    private static Pool Load(EstimatorContent content, string file, LabelLayout labels, int dimension)
    {
        try
        {
            var transformer = content.Load(new MLContext(0));
            return EstimatorEngine.WhyNotScorable(transformer, labels, dimension) is { } why
                ? throw LegoNetException.Damaged($"{file}: holds a transformer that {why}.")
                : new Pool(transformer, labels, dimension);
        }
        catch (Exception e) when (e is not (LegoNetException or OutOfMemoryException))
        {
            throw LegoNetException.Damaged($"{file}: ML.NET does not load the transformer that it holds ({e.Message.TrimEnd('.')}).", e);
        }
    }

    private sealed class Pool(ITransformer transformer, LabelLayout labels, int dimension)
    {
        private readonly ConcurrentBag<EstimatorEngine> _idle = [new EstimatorEngine(transformer, labels, dimension)];

        public float[] Score(ReadOnlySpan<double> code, Span<float> single)
        {
            var engine = _idle.TryTake(out var idle) ? idle : new EstimatorEngine(transformer, labels, dimension);
            var scores = engine.Score(code, single).ToArray();
            _idle.Add(engine);
            return scores;
        }
    }
}
