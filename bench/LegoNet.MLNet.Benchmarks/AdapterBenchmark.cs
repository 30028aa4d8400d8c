using LegoNet.Benchmarks;
using LegoNet.Records;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace LegoNet.MLNet.Benchmarks;

/// <summary>
/// The adapters that a team can choose from, side by side on the same codes: how good they are, how honest their probabilities, how long Fit takes,
/// and how long a forget of one record, receipt included. The last is ML.NET's own LbfgsMaximumEntropy, whose forget is a retraining.
/// </summary>
internal static class AdapterBenchmark
{
    private const int Forgets = 5;
    private const double EnoughSeconds = 30;
    private const int Bins = 15;

    // On wide codes boosting takes minutes for what linear adapters do in seconds, so trees stay few and small everywhere.
    private const int Trees = 20;
    private const int Leaves = 8;

    /// <summary>Measures every set, and writes a table.</summary>
    public static void Run(IEnumerable<string> sets)
    {
        Console.WriteLine("| set | adapters | n, k | accuracy | ECE | Fit | forget |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        foreach (var set in sets)
        {
            Run(set);
        }
    }

    private static void Run(string set)
    {
        var train = new CodesFile(Path.Combine(set, "train.safetensors"));
        var test = new CodesFile(Path.Combine(set, "test.safetensors"));
        var name = $"{Path.GetFileName(Path.TrimEndingDirectorySeparator(set))} ({train.Records:N0} × {train.Dimension}, {train.Classes} classes)";
        var ml = new MLContext(seed: 1);
        var rows = CodedRow.Of(train).ToArray();
        var view = CodedRow.View(ml, rows, train.Dimension, train.Classes);
        var tests = CodedRow.View(ml, CodedRow.Of(test).ToArray(), train.Dimension, train.Classes);

        // One that is timed by nobody, for what .NET compiles and ML.NET looks for at their first use.
        Forgetting("", AdapterOptions.Auto(), null);
        Forgetting("softmax, one", AdapterOptions.Softmax(0.003), 1);
        Forgetting("softmax", AdapterOptions.Softmax(0.003), null);
        Forgetting("ridge", AdapterOptions.Ridge(), null);
        Forgetting("auto", AdapterOptions.Auto(), null);
        Forgetting("mlnet:lbfgs", AdapterOptions.Lbfgs(), null);
        Forgetting("mlnet:fasttree", AdapterOptions.FastTree(numberOfTrees: Trees, numberOfLeaves: Leaves), null);

        MulticlassPredictionTransformer<MaximumEntropyModelParameters>? whole = null;
        var fitted = Timing.Seconds(() => whole = ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy().Fit(view));
        var (accuracy, error) = Judge(ml, whole!.Transform(tests));
        Console.WriteLine($"| {name} | ML.NET's LbfgsMaximumEntropy | | {accuracy:P1} | {error:F3} | {fitted:F1} s | {fitted:F1} s (retraining) |");

        void Forgetting(string label, AdapterOptions adapter, int? adapters)
        {
            LegoNetTransformer? model = null;
            var fit = Timing.Seconds(() => model = ml.MulticlassClassification.Trainers.LegoNet(new LegoNetMulticlassTrainer.Options
            {
                IdColumnName = nameof(CodedRow.Id),
                FeatureRange = FeatureRange.Within(1),
                Adapters = adapters,
                Active = adapters,
                Adapter = adapter,
            }).Fit(view));
            using (model)
            {
                if (label.Length == 0)
                {
                    return;
                }

                var (right, ece) = Judge(ml, model!.Transform(tests));
                var seconds = new List<double>();
                while (seconds.Count < Forgets && seconds.Sum() < EnoughSeconds)
                {
                    var target = new ForgetTarget($"r{seconds.Count * (rows.Length / Forgets)}");
                    seconds.Add(Timing.Seconds(() => model.Forget([target])));
                }

                var spec = model.Model.Spec;
                var size = $"{spec.Adapters}, {spec.Active}";
                Console.WriteLine($"| {name} | {label} | {size} | {right:P1} | {ece:F3} | {fit:F1} s | {Timing.Median(seconds):F2} s |");
            }
        }
    }

    /// <summary>
    /// The accuracy, and the expected calibration error: how far, bin by bin, the highest probability lies from the share that is right.
    /// </summary>
    private static (double Accuracy, double CalibrationError) Judge(MLContext ml, IDataView scored)
    {
        var (rows, right) = (0L, 0L);
        var (sum, hits) = (new double[Bins], new double[Bins]);
        foreach (var row in ml.Data.CreateEnumerable<Scored>(scored, reuseRowObject: true, ignoreMissingColumns: true))
        {
            var top = row.Score.Max();
            var bin = Math.Min((int)(top * Bins), Bins - 1);
            var isRight = row.PredictedLabel == row.Label;
            sum[bin] += top;
            hits[bin] += isRight ? 1 : 0;
            right += isRight ? 1 : 0;
            rows++;
        }

        return (right / (double)rows, sum.Zip(hits, (s, h) => Math.Abs(s - h)).Sum() / rows);
    }

    private sealed class Scored
    {
        public uint Label { get; set; }

        public uint PredictedLabel { get; set; }

        public float[] Score { get; set; } = [];
    }
}
