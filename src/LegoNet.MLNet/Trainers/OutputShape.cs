using LegoNet.MLNet.Data;
using Microsoft.ML;

namespace LegoNet.MLNet;

/// <summary>
/// What the trainers promise of the schema that comes out, and require of the one that goes in. Columns are those that an ML.NET trainer
/// of the same task promises; its checks of label and features come along.
/// </summary>
internal static class OutputShape
{
    public static SchemaShape Multiclass(LegoNetOptions options, SchemaShape input)
    {
        var ml = Check(options, input);
        var output = ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(options.LabelColumnName, options.FeatureColumnName).GetOutputSchema(input);

        // Its multiclass trainers give no probability of the predicted class; the column is like that of a binary trainer.
        var features = Shapes.Find(input, options.FeatureColumnName)!.Value;
        var binary = Shapes.With(new SchemaShape([features]), Shapes.Boolean(ml, options.LabelColumnName));
        return Shapes.With(output, Shapes.Find(Binary(ml, options, binary), ScoringMapping.Probability)!.Value);
    }

    public static SchemaShape Binary(LegoNetOptions options, SchemaShape input) => Binary(Check(options, input), options, input);

    public static SchemaShape Regression(LegoNetOptions options, SchemaShape input)
        => Check(options, input).Regression.Trainers.LbfgsPoissonRegression(options.LabelColumnName, options.FeatureColumnName).GetOutputSchema(input);

    private static SchemaShape Binary(MLContext ml, LegoNetOptions options, SchemaShape input)
        => ml.BinaryClassification.Trainers.LbfgsLogisticRegression(options.LabelColumnName, options.FeatureColumnName).GetOutputSchema(input);

    private static MLContext Check(LegoNetOptions options, SchemaShape input)
    {
        ArgumentNullException.ThrowIfNull(input);
        CheckName(input, "subject", options.SubjectColumnName);
        CheckName(input, "id", options.IdColumnName);
        return new MLContext();
    }

    private static void CheckName(SchemaShape input, string role, string? name)
    {
        if (name is null)
        {
            return;
        }

        var column = Shapes.Find(input, name) ?? throw Columns.Missing(role, name, input.Select(c => c.Name));
        var isScalar = column.Kind == SchemaShape.Column.VectorKind.Scalar;
        if (!isScalar || column.IsKey || !TextGetters.CanName(column.ItemType))
        {
            throw Columns.Mismatch(role, name, TextGetters.Expected, isScalar ? column.ItemType : $"{column.Kind} of {column.ItemType}");
        }
    }
}
