using LegoNet.MLNet;
using Microsoft.ML;

namespace Examples;

/// <summary>Retraining scripts as Model Builder writes them, before and after they can forget (the folder ModelBuilder).</summary>
public static class RetrainingScripts
{
    /// <summary>Runs the scripts before and after, and forgets a customer.</summary>
    /// <param name="output">Receives what happened.</param>
    /// <param name="trainFile">Customers to train on.</param>
    /// <param name="testFile">Customers to test on.</param>
    /// <param name="folder">Receives the models; created if need be.</param>
    /// <returns>The process's exit code.</returns>
    public static int Run(TextWriter output, string trainFile, string testFile, string folder)
    {
        Directory.CreateDirectory(folder);
        var (before, after, model) = (Path.Combine(folder, "before.mlnet"), Path.Combine(folder, "after.mlnet"), Path.Combine(folder, "renewals"));
        var ml = new MLContext();
        var train = Before.RenewalModel.LoadIDataViewFromFile(ml, trainFile);

        Before.RenewalModel.Train(before, trainFile);
        output.WriteLine($"before: accuracy {AccuracyBefore(ml, before, testFile):P1}, {ml.Model.Load(before, out _).GetGuarantee(train.Schema)}");

        After.RenewalModel.Train(after, trainFile, model);
        var customer = ml.Data.CreateEnumerable<After.RenewalModel.ModelInput>(train, reuseRowObject: false).First().Customer;
        using (var kept = ml.Model.LoadLegoNet(model))
        {
            output.WriteLine($"after: accuracy {AccuracyAfter(ml, after, testFile):P1}, {kept.GetGuarantee(train.Schema)}");
        }

        var receipt = After.RenewalModel.Forget(after, customer, model);
        output.WriteLine($"forgot {customer}: {receipt.Records} rows, accuracy {AccuracyAfter(ml, after, testFile):P1}, {receipt.Guarantee}");
        return 0;
    }

    private static double AccuracyBefore(MLContext ml, string modelPath, string testFile)
    {
        // The engine disposes the model that it was made of.
        using var engine = Before.RenewalModel.CreatePredictEngine(modelPath);
        var rows = ml.Data.CreateEnumerable<Before.RenewalModel.ModelInput>(Before.RenewalModel.LoadIDataViewFromFile(ml, testFile), reuseRowObject: false);
        return rows.Average(row => engine.Predict(row).PredictedLabel == row.Outcome ? 1.0 : 0);
    }

    private static double AccuracyAfter(MLContext ml, string modelPath, string testFile)
    {
        using var engine = After.RenewalModel.CreatePredictEngine(modelPath);
        var rows = ml.Data.CreateEnumerable<After.RenewalModel.ModelInput>(After.RenewalModel.LoadIDataViewFromFile(ml, testFile), reuseRowObject: false);
        return rows.Average(row => engine.Predict(row).PredictedLabel == row.Outcome ? 1.0 : 0);
    }
}
