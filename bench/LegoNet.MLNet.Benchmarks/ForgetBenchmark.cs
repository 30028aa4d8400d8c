using System.Diagnostics;
using LegoNet.Benchmarks;
using LegoNet.Records;
using Microsoft.ML;
using Microsoft.ML.Trainers;

namespace LegoNet.MLNet.Benchmarks;

/// <summary>
/// What it costs to remove one record: forgetting it, durable commit and receipt included, against retraining ML.NET's
/// LbfgsMaximumEntropy (its defaults, all processors) on all remaining records, and how good each model is.
/// </summary>
internal static class ForgetBenchmark
{
    public static void Run(string codesPath, string testPath)
    {
        var folder = Directory.CreateTempSubdirectory("legonet-bench-");
        try
        {
            var codes = new CodesFile(codesPath);
            var ml = new MLContext(seed: 1);
            var rows = CodedRow.Of(codes).ToArray();
            var all = CodedRow.View(ml, rows, codes.Dimension);
            Console.WriteLine($"{codes.Records:N0} × {codes.Dimension} codes, n = 128, k = 8, {Environment.ProcessorCount} processors");

            // Before, between and after the models, since a shared machine changes its pace.
            var test = CodedRow.View(ml, CodedRow.Of(new CodesFile(testPath)).ToArray(), codes.Dimension);
            List<double> defaults = [], loose = [];
            double byDefaults = 0, byLoose = 0;
            Retrain();
            var ridge = Forget("ridge", """{"trainer":"ridge","lambda":300000}""", 100);
            Retrain();
            var lbfgs = Forget("lbfgs", """{"trainer":"mlnet:lbfgs"}""", 10);
            Retrain();
            var tuned = Forget("tuned", """{"trainer":"mlnet:lbfgs","optimizationTolerance":0.0001,"l2Regularization":2}""", 20);
            Retrain();
            var (whole, quick) = (Timing.Median(defaults), Timing.Median(loose));
            Console.WriteLine($"retraining LbfgsMaximumEntropy, defaults:      accuracy {byDefaults:P2}, median {whole:F1} s of {Each(defaults)}");
            Console.WriteLine($"retraining LbfgsMaximumEntropy, tolerance 1e-4: accuracy {byLoose:P2}, median {quick:F1} s of {Each(loose)}");
            Console.WriteLine($"forgetting against retraining by defaults: ridge {whole / ridge:F0} ×, "
                + $"mlnet:lbfgs by defaults {whole / lbfgs:F1} ×, mlnet:lbfgs at tolerance 1e-4 {whole / tuned:F1} ×");
            Console.WriteLine($"forgetting against retraining at tolerance 1e-4: ridge {quick / ridge:F0} ×, "
                + $"mlnet:lbfgs at tolerance 1e-4 {quick / tuned:F1} ×");

            void Retrain()
            {
                var remaining = CodedRow.View(ml, rows.Take(rows.Length - 1 - defaults.Count), codes.Dimension);
                ITransformer? model = null;
                defaults.Add(Timing.Seconds(() => model = ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy().Fit(remaining)));
                byDefaults = Accuracy(model!);
                var options = new LbfgsMaximumEntropyMulticlassTrainer.Options { OptimizationTolerance = 1e-4f };
                loose.Add(Timing.Seconds(() => model = ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(options).Fit(remaining)));
                byLoose = Accuracy(model!);
            }

            static string Each(List<double> seconds) => string.Join(", ", seconds.Select(s => $"{s:F1}"));

            double Accuracy(ITransformer model) => ml.MulticlassClassification.Evaluate(model.Transform(test)).MicroAccuracy;

            double Forget(string name, string adapter, int count)
            {
                LegoNetTransformer? model = null;
                var trained = Timing.Seconds(() => model = ml.MulticlassClassification.Trainers.LegoNet(new LegoNetMulticlassTrainer.Options
                {
                    IdColumnName = nameof(CodedRow.Id),
                    ModelPath = Path.Combine(folder.FullName, name.Replace(':', '-')),
                    FeatureRange = FeatureRange.Within(1),
                    Adapters = 128,
                    Active = 8,
                    Adapter = AdapterOptions.FromJson(adapter),
                }).Fit(all));
                using (model)
                {
                    // As requests come: with the garbage of those before.
                    var seconds = new double[count];
                    for (var i = 0; i < count; i++)
                    {
                        var started = Stopwatch.GetTimestamp();
                        model!.Forget([new ForgetTarget($"r{i * (rows.Length / count)}")]);
                        seconds[i] = Stopwatch.GetElapsedTime(started).TotalSeconds;
                    }

                    Console.WriteLine($"{adapter}:\n  accuracy {Accuracy(model!):P2}, trained in {trained:F1} s; forgetting one record, {count} times: "
                        + $"median {Timing.Median(seconds):F3} s, 95 % within {Timing.Percentile(seconds, 0.95):F3} s");
                    return Timing.Median(seconds);
                }
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
