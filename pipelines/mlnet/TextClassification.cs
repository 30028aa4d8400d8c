using LegoNet.Encoders.Hashing;
using LegoNet.MLNet;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Examples;

/// <summary>Adds LegoNet to an existing ML.NET text classification pipeline, and forgets a customer.</summary>
public static class TextClassification
{
    /// <summary>Trains the pipeline as it was and as it becomes, and compares them.</summary>
    /// <param name="output">Receives what happened.</param>
    /// <param name="trainFile">Tickets to train on.</param>
    /// <param name="testFile">Tickets to test on.</param>
    /// <param name="modelPath">The model directory to create.</param>
    /// <returns>The process's exit code.</returns>
    public static int Run(TextWriter output, string trainFile, string testFile, string modelPath)
    {
        var ml = new MLContext(seed: 1);
        var train = TicketPipeline.Load(ml, trainFile);
        var test = TicketPipeline.Load(ml, testFile);

        // As it was: dictionary, keys and weights are all learned from the tickets, and no ticket can be taken out again.
        var before = ml.Transforms.Conversion.MapValueToKey("Label", nameof(Ticket.Category))
            .Append(ml.Transforms.Text.FeaturizeText("Features", nameof(Ticket.Text)))
            .Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy())
            .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));

        // As it becomes: two steps that learn nothing, and a trainer that forgets.
        var after = ml.Transforms.DeclareKeys("Label", TicketPipeline.Categories, nameof(Ticket.Category))
            .Append(ml.Transforms.HashText("Features", nameof(Ticket.Text), new HashingOptions { Dimension = 1024 }))
            .Append(ml.MulticlassClassification.Trainers.LegoNet(new LegoNetMulticlassTrainer.Options
            {
                SubjectColumnName = nameof(Ticket.Customer),
                IdColumnName = nameof(Ticket.Id),
                ModelPath = modelPath,
                Adapters = 16,
                Active = 4,
            }))
            .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));

        Report("as it was", before.Fit(train));
        var trained = after.Fit(train);
        Report("with LegoNet", trained);

        // Keeps the steps with the model, so that the nightly job finds both. They learned nothing, so once is enough.
        ml.Model.SaveLegoNet(trained, train.Schema);

        // Everything of one customer, exactly: byte for byte the model that never saw these tickets.
        using var model = trained.OfType<LegoNetTransformer>().Single();
        var customer = ml.Data.CreateEnumerable<Ticket>(train, reuseRowObject: false).First().Customer;
        var receipt = model.Forget(customer);
        var adapters = $"{receipt.Adapters.Count} of {model.Model.Spec.Adapters} adapters";
        output.WriteLine($"forgot {customer}: {receipt.Records} tickets, {adapters} refitted, {receipt.Guarantee}");
        Report("after forgetting", trained);
        output.WriteLine($"verified: every byte as the remaining tickets give it: {model.Verify().IsExact}");
        return 0;

        void Report(string name, ITransformer pipeline)
        {
            var metrics = ml.MulticlassClassification.Evaluate(pipeline.Transform(test));
            var guarantee = pipeline.GetGuarantee();
            output.WriteLine($"{name}: accuracy {metrics.MicroAccuracy:P1}, log-loss {metrics.LogLoss:F2}, {guarantee}");
        }
    }
}
