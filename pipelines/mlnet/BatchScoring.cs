using Microsoft.ML;

namespace Examples;

/// <summary>Scores a file of tickets with the exported scorer. Nothing is held in memory but the rows at hand.</summary>
public static class BatchScoring
{
    /// <summary>Writes id, category and probability of each ticket.</summary>
    /// <param name="output">Receives what happened.</param>
    /// <param name="scorerFile">The scorer, by the nightly job.</param>
    /// <param name="ticketsFile">The tickets; their categories are not read.</param>
    /// <param name="scoresFile">The file to write.</param>
    /// <returns>The process's exit code.</returns>
    public static int Run(TextWriter output, string scorerFile, string ticketsFile, string scoresFile)
    {
        var ml = new MLContext();
        var scorer = ml.Model.Load(scorerFile, out _);

        // ONNX Runtime reads the graph from a temporary file, which goes when the scorer is disposed.
        using var loaded = scorer as IDisposable;
        var scores = scorer.Transform(TicketPipeline.Load(ml, ticketsFile));
        var columns = ml.Transforms.SelectColumns(nameof(Ticket.Id), "PredictedLabel", "Probability").Fit(scores).Transform(scores);
        using (var stream = File.Create(scoresFile))
        {
            ml.Data.SaveAsText(columns, stream, separatorChar: ',', headerRow: true, schema: false);
        }

        output.WriteLine($"scored {File.ReadLines(scoresFile).Count() - 1} tickets: {scoresFile}");
        return 0;
    }
}
