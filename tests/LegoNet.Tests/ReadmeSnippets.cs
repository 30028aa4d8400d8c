using LegoNet.Audit;
using LegoNet.Changes;
using LegoNet.Data;
using LegoNet.Encoders;
using LegoNet.Hosting;
using LegoNet.Pipelines;
using LegoNet.Records;
using LegoNet.Verification;
using Microsoft.Extensions.DependencyInjection;

namespace LegoNet.Tests;

/// <summary>The C# of README.md and docs/, compiled and run. <see cref="ReadmeTests"/> compares the two line by line, so change both.</summary>
internal static class ReadmeSnippets
{
    public static void Train(string specFile, string modelPath)
    {
        var pipeline = PipelineSpec.Load(specFile);
        using var setup = pipeline.CreateEncoder();
        var records = RecordEncoder.Encode(pipeline.OpenSource(), setup.Encoder, threads: 2);
        using var trained = LegoNetModel.Train(modelPath, pipeline.Freeze(setup), records);
    }

    public static void Score(string modelPath, IRecordSource source)
    {
        using var model = LegoNetModel.Open(modelPath);
        using var encoder = EncoderRegistry.Open(model);
        var d = model.Spec.Dimension;
        foreach (var (batch, codes) in RecordEncoder.Batches(source, encoder.Encoder, threads: 2))
        {
            for (var i = 0; i < batch.Length; i++)
            {
                var prediction = model.Scorer.Predict(codes.AsSpan(i * d, d));
                Console.WriteLine($"{batch[i].Id}: {prediction.Label}");
            }
        }
    }

    public static VerificationReport Forget(LegoNetModel model, string receiptPath)
    {
        ForgetForecast forecast = model.Forecast([new ForgetTarget("customer-4711")]);
        Receipt receipt = model.Forget("customer-4711");
        File.WriteAllText(receiptPath, receipt.ToJson());
        VerificationReport report = model.Verify();
        Console.WriteLine($"{forecast.Records} records, {receipt.Adapters.Count} adapters, exact: {report.IsExact}");
        return report;
    }

    public static void Host(IServiceCollection services, string modelPath)
    {
        services.AddLegoNet(options =>
        {
            options.Path = modelPath;
            options.PollInterval = TimeSpan.FromSeconds(1);
            options.SnapshotGracePeriod = TimeSpan.FromSeconds(30);
        });
    }

    public sealed class TicketClassifier(LegoNetModelProvider models)
    {
        public string Classify(ReadOnlySpan<sbyte> code) => models.Current.Predict(code).Label;
    }
}
