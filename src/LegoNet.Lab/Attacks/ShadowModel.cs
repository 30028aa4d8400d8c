using LegoNet.Encoders;
using LegoNet.Ensembles;
using LegoNet.Lab.Measures;
using LegoNet.Lab.Methods;

namespace LegoNet.Lab.Attacks;

/// <summary>A model with another's definition that learned from other records, in a temporary folder of its own.</summary>
internal static class ShadowModel
{
    /// <summary>Trains one, asks it, and removes it.</summary>
    /// <param name="model">The model whose definition it has.</param>
    /// <param name="training">Records.</param>
    /// <param name="rows">Those of them to learn from.</param>
    /// <param name="asked">Records to ask it about.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Margins of the records asked about, [m].</returns>
    public static double[] Margins(LegoNetModel model, RecordSet training, int[] rows, RecordSet asked, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("legonet-audit-");
        try
        {
            var definition = new ModelDefinition { Spec = model.Spec, Keys = model.Keys, Calibration = model.Calibration };
            var options = new ModelOptions { Threads = 1 };
            using var shadow = LegoNetModel.Train(Path.Combine(folder.FullName, "model"), definition, rows.Select(Record), options, null, cancellationToken);
            return Margins(shadow.Scorer, asked);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        EncodedRecord Record(int row) => new(
            $"row-{row}", "record", training.Classes[training.Label(row)], training.Code(row).ToArray(), model.Spec.Fingerprint, $"record {row}");
    }

    /// <summary>Margins of records under a model, [m].</summary>
    public static double[] Margins(Scorer scorer, RecordSet asked) => [.. ScoredRecords.Of(new ScorerModel("", scorer), asked).Margins];
}
