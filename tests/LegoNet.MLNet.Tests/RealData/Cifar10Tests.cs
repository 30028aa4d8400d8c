using LegoNet.Calibration;
using LegoNet.Data;
using LegoNet.Data.Json;
using LegoNet.MLNet.Tests.Support;
using LegoNet.Onnx;
using LegoNet.Onnx.Treatments;
using LegoNet.Specs;
using Microsoft.ML;

namespace LegoNet.MLNet.Tests.RealData;

/// <summary>Some CIFAR-10 images as features of a MobileNetV1, with a card made from public reference images.</summary>
[Collection(RealDataRuns.Name)]
[Trait("Category", "RealData")]
public sealed class Cifar10Tests
{
    [Fact]
    public void Fit_PlainFeaturesWithACard_ClassifiesAndForgets()
    {
        var archive = SharedData.Need("images/cifar10-jpg.tar.gz");
        var reference = RealRecords.Source(SharedData.Need("images/reference-64px-jpg.tar.gz"), """{ "type": "images", "path": "PATH" }""");
        const string Input = """{ "kind": "image", "height": 128, "width": 128, "scale": 0.00784313725490196, "offset": -1 }""";
        var treatment = InputTreatment.FromSpec(StrictJson.Parse(Input, "test"));
        using var encoder = new OnnxEncoder(SharedData.Need("encoders/mobilenetv1_encoder.onnx"), treatment, 16, "cpu");
        var builder = new CalibrationBuilder(encoder.Dimension, 32);
        foreach (var row in Encode(encoder, reference.Read(TestContext.Current.CancellationToken).Take(96)))
        {
            builder.Add(row.Features);
        }

        var result = builder.Build();
        var images = RealRecords.Source(archive, """{ "type": "images", "path": "PATH", "include": "cifar10/train/{label}/000*.jpg" }""");
        var rows = Encode(encoder, images.Read(TestContext.Current.CancellationToken)).ToList();
        var ml = new MLContext(1);
        var declare = Rows.Declare(ml, nameof(FeatureRow.Label), rows.Select(r => r.Label).Distinct().Order(StringComparer.Ordinal));
        var options = new LegoNetMulticlassTrainer.Options
        {
            SubjectColumnName = "Subject",
            IdColumnName = "Id",
            Card = new CalibrationCard(result.Calibration, result.Keys),
            Keys = KeySource.Public,
            Adapters = 8,
            Active = 4,
            Adapter = AdapterOptions.Ridge(300_000),
        };

        // Every fourth image is kept for the test: what is measured are images that were not trained on.
        var (train, test) = (rows.Where((_, i) => i % 4 != 0).ToList(), rows.Where((_, i) => i % 4 == 0));
        using var model = declare.Append(ml.MulticlassClassification.Trainers.LegoNet(options)).Fit(ml.Data.LoadFromEnumerable(train));
        var metrics = ml.MulticlassClassification.Evaluate(model.Transform(ml.Data.LoadFromEnumerable(test)));
        TestContext.Current.TestOutputHelper?.WriteLine($"CIFAR-10, {train.Count} images: test accuracy {metrics.MicroAccuracy:P1}.");
        Assert.InRange(metrics.MicroAccuracy, 0.35, 1);
        Assert.Equal(1, model.LastTransformer.Forget(train[7].Subject).Records);
        Assert.True(model.LastTransformer.Verify(TestContext.Current.CancellationToken).IsExact);
    }

    private static IEnumerable<FeatureRow> Encode(OnnxEncoder encoder, IEnumerable<SourceRecord> records)
    {
        foreach (var batch in records.Chunk(encoder.BatchSize))
        {
            var encodings = new float[batch.Length * encoder.Dimension];
            encoder.Encode(batch, encodings);
            for (var i = 0; i < batch.Length; i++)
            {
                yield return new FeatureRow
                {
                    Subject = batch[i].Subject,
                    Id = batch[i].Id,
                    Label = batch[i].Label ?? "",
                    Features = encodings[(i * encoder.Dimension)..((i + 1) * encoder.Dimension)],
                };
            }
        }
    }
}
