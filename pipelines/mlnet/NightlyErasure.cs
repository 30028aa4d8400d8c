using LegoNet.MLNet;
using Microsoft.ML;

namespace Examples;

/// <summary>A nightly job: applies a file of erasure requests and exports the scorer again.</summary>
public static class NightlyErasure
{
    private const int VerificationFailed = 4;

    /// <summary>Forgets whom the file names, verifies the model, and replaces the scorer that hosts load.</summary>
    /// <param name="output">Receives what happened; no customer's name.</param>
    /// <param name="modelPath">The model directory.</param>
    /// <param name="requestsFile">The requests of the day. Running the file again does no harm.</param>
    /// <param name="receipts">The folder of receipts, one file for each change.</param>
    /// <param name="scorerFile">The scorer, a zip file of ML.NET.</param>
    /// <returns>The process's exit code.</returns>
    public static int Run(TextWriter output, string modelPath, string requestsFile, string receipts, string scorerFile)
    {
        var ml = new MLContext(seed: 1);

        // The model with the steps around it: rows go in as they come.
        using var model = ml.Model.LoadLegoNet(modelPath);
        var requests = ml.Data.LoadFromTextFile<ErasureRequest>(requestsFile, separatorChar: ',', hasHeader: true, allowQuoting: true);
        var receipt = model.Forget(requests, nameof(ErasureRequest.Customer), ignoreUnknown: true);
        if (receipt.LedgerSequence is { } sequence)
        {
            Directory.CreateDirectory(receipts);
            File.WriteAllText(Path.Combine(receipts, $"{sequence:D8}.json"), receipt.ToJson());
        }

        output.WriteLine($"forgot {receipt.Records} tickets: {receipt.Guarantee}, root {receipt.RootAfter[..16]}");

        var report = model.Verify();
        if (!report.IsExact)
        {
            output.WriteLine($"not verified: {report.WhyNotComparable ?? string.Join("; ", report.Damage.Concat(report.Differences))}");
            return VerificationFailed;
        }

        // A scorer is a copy of what the model knew when it was exported, so yesterday's must go, but only when today's is complete.
        ml.Model.SaveSafely(model, null, scorerFile);
        output.WriteLine($"exported {scorerFile}");
        return 0;
    }
}
