using System.Globalization;
using LegoNet.Files;
using LegoNet.Specs;

namespace LegoNet.Ensembles;

/// <summary>Scores as delimited text: a header, and one line for each record in the source's order.</summary>
internal static class ScoreTable
{
    private const string NumberHeader = "subject,id,prediction";
    private const string ClassHeader = "subject,id,class,score,probability";

    /// <summary>How such a file is told.</summary>
    public static OutputKind FileKind { get; } = OutputKind.Table("a file of scores", NumberHeader, ClassHeader);

    /// <summary>The first line.</summary>
    public static string Header(LearningTask task) => (task == LearningTask.Regression ? NumberHeader : ClassHeader) + "\n";

    /// <summary>A record's line.</summary>
    public static string Line(LearningTask task, in ScoredRecord scored)
    {
        var (record, prediction) = (scored.Record, scored.Prediction);
        var named = $"{Field(record.Subject)},{Field(record.Id)},{Field(prediction.Label)}";
        return task == LearningTask.Regression
            ? named + "\n"
            : string.Create(CultureInfo.InvariantCulture, $"{named},{prediction.Scores[prediction.Index]:R},{prediction.Probabilities[prediction.Index]:R}\n");
    }

    private static string Field(string text)
        => text.AsSpan().ContainsAny(",\"\r\n") ? "\"" + text.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"" : text;
}
