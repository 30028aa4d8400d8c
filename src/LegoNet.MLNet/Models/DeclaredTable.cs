using LegoNet.Data.Json;
using LegoNet.Encoders.Hashing;
using LegoNet.Encoders.Tabular;
using LegoNet.MLNet.Saving;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet;

/// <summary>EncodeTable as it is kept beside a model.</summary>
/// <param name="Output">The column of codes.</param>
/// <param name="Columns">The declared columns, each as JSON.</param>
/// <param name="TextColumns">The columns of texts.</param>
/// <param name="Text">How texts are hashed, as canonical JSON.</param>
/// <param name="MissingMarks">The texts that mean "no value".</param>
/// <param name="Inputs">The input columns and the names of their types.</param>
internal sealed record DeclaredTable(
    string Output,
    IReadOnlyList<string> Columns,
    IReadOnlyList<string> TextColumns,
    string Text,
    IReadOnlyList<string> MissingMarks,
    IReadOnlyList<DeclaredTable.Input> Inputs)
{
    private static readonly DataViewType[] s_types =
    [
        TextDataViewType.Instance, BooleanDataViewType.Instance, NumberDataViewType.Single, NumberDataViewType.Double,
        NumberDataViewType.SByte, NumberDataViewType.Int16, NumberDataViewType.Int32, NumberDataViewType.Int64,
        NumberDataViewType.Byte, NumberDataViewType.UInt16, NumberDataViewType.UInt32, NumberDataViewType.UInt64,
    ];

    /// <summary>What a step was declared with, and the columns that it was fitted to.</summary>
    public static DeclaredTable Of(EncodeTableTransformer step)
    {
        var declared = step.Declared;
        return new DeclaredTable(
            declared.OutputColumnName,
            [.. declared.Columns.Select(column => column.Json)],
            declared.TextColumns,
            declared.Text.ToCanonicalJson(),
            declared.MissingMarks,
            [.. step.Fitted.Select(column => new Input(column.Name, $"{column.Type}"))]);
    }

    /// <summary>The step.</summary>
    public EncodeTableTransformer Open()
    {
        var schema = new DataViewSchema.Builder();
        foreach (var input in Inputs)
        {
            schema.AddColumn(input.Name, s_types.Single(type => $"{type}" == input.Type));
        }

        return new EncodeTableEstimator(new EncodeTableEstimator.Options
        {
            OutputColumnName = Output,
            Columns = [.. Columns.Select(TableColumn.FromJson)],
            TextColumns = TextColumns,
            Text = HashingOptions.FromSpec(StrictJson.Parse(Text, nameof(Text))),
            MissingMarks = MissingMarks,
        }).Fit(new SchemaView(schema.ToSchema()));
    }

    /// <summary>An input column.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Type">Its type's name.</param>
    internal sealed record Input(string Name, string Type);
}
