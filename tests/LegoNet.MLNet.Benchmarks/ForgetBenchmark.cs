using LegoNet.Unlearning;
using Microsoft.ML;

namespace LegoNet.MLNet.Benchmarks;

/// <summary>
/// What it costs to be rid of one record: forgetting it, durable commit and receipt included, against retraining ML.NET's
/// LbfgsMaximumEntropy (its defaults, all processors) on all remaining records, and how good each model is.
/// </summary>
internal static class ForgetBenchmark
{
    public static void Run(string codesPath, string testPath, string lbfgsAdapter)
    {
        var folder = Directory.CreateTempSubdirectory("legonet-bench-");
        try
        {
            var codes = new CodesFile(codesPath);
            var ml = new MLContext(seed: 1);
            var rows = CodedRow.Of(codes).ToArray();
            var all = CodedRow.View(ml, rows, codes.Dimension);
            Console.WriteLine($"{codes.Rows:N0} × {codes.Dimension} codes, n = 128, k = 8, {Environment.ProcessorCount} processors");

            // Before, between and after the models, since a shared machine changes its pace.
            List<double> retraining = [];
            var test = CodedRow.View(ml, CodedRow.Of(new CodesFile(testPath)).ToArray(), codes.Dimension);
            ITransformer? retrained = null;
            Retrain();
            var ridge = Forget("ridge", """{"trainer":"ridge","lambda":300000}""", 100);
            Retrain();
            var lbfgs = Forget("mlnet:lbfgs", lbfgsAdapter, 20);
            Retrain();
            var retrain = Timing.Median(retraining);
            Console.WriteLine($"retraining LbfgsMaximumEntropy without the record: accuracy {Accuracy(retrained!):P2}, median {retrain:F1} s ({string.Join(", ", retraining.Select(s => $"{s:F1}"))})");
            Console.WriteLine($"ridge: {retrain / ridge:F0} × faster; mlnet:lbfgs: {retrain / lbfgs:F1} × faster");

            void Retrain()
            {
                var remaining = CodedRow.View(ml, rows.Take(rows.Length - 1 - retraining.Count), codes.Dimension);
                retraining.Add(Timing.Seconds(() => retrained = ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy().Fit(remaining)));
            }

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
                    Adapter = adapter,
                }).Fit(all));
                using (model)
                {
                    double[] seconds = [.. Enumerable.Range(0, count).Select(i => Timing.Seconds(() => model!.Forget([new ForgetTarget($"r{i * (rows.Length / count)}")])))];
                    Array.Sort(seconds);
                    Console.WriteLine($"{adapter}: accuracy {Accuracy(model!):P2}, trained in {trained:F1} s; forgetting one record, {count} times: median {Timing.Median(seconds):F3} s, 95 % within {seconds[(int)(0.95 * (count - 1))]:F3} s");
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
