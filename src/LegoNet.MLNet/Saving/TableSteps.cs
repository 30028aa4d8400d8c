using LegoNet.Encoders.Hashing;
using LegoNet.MLNet.Encoders;
using LegoNet.MLNet.Saving;
using LegoNet.Onnx.Export;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet;

/// <summary>
/// Encoding of tables as steps that ML.NET saves: the columns put together by type, ApplyOnnxModel with a graph of the declarations, and the temporary
/// columns dropped. A host needs LegoNet only where texts are hashed.
/// </summary>
internal sealed class TableSteps
{
    private const string Prefix = "LegoNet.Table.";
    private const string Codes = Prefix + "Codes";
    private const string Text = Prefix + "Text";
    private const string Hashed = Prefix + "Hashed";

    private readonly MLContext _ml = new(0);
    private readonly List<string> _temporary = [];
    private EstimatorChain<ITransformer> _chain = new();

    private TableSteps()
    {
    }

    /// <summary>Saves the steps.</summary>
    /// <param name="ctx">Where to.</param>
    /// <param name="declaration">What is declared.</param>
    /// <param name="columns">The input columns.</param>
    /// <param name="output">The column of codes.</param>
    public static void Save(ModelSaveContext ctx, TableDeclaration declaration, IReadOnlyList<DataViewSchema.Column> columns, string output)
    {
        // ML.NET reads the graph's file when it saves the step.
        using var folder = new TemporaryModel();
        var steps = new TableSteps();
        var parts = new List<string>();
        if (declaration.Text is { } text)
        {
            parts.Add(Hashed);
            steps.AppendTexts(text);
        }

        if (declaration.Table is not null)
        {
            parts.Add(Codes);
            steps.AppendTable(declaration, columns, folder.Path + ".onnx");
        }

        steps.Append(steps._ml.Transforms.Concatenate(output, [.. parts]));
        steps.Append(steps._ml.Transforms.DropColumns([.. steps._temporary.Concat(parts)]));
        using var fitted = steps._chain.Fit(SchemaView.Of(columns));
        ((ICanSaveModel)fitted).Save(ctx);
    }

    private void AppendTexts(HashTextPart text)
    {
        string[] names = [.. text.Columns.Select((_, i) => $"t{i}")];
        var joined = names.Length == 1 ? names[0] : $"concat({string.Join(", \"\\n\", ", names)})";
        Temporary(Text, _ml.Transforms.Expression(Text, $"({string.Join(", ", names)}) : {joined}", [.. text.Columns]));
        using var encoder = new HashingEncoder(text.Options);
        Append(HashTextSteps.Create(_ml.Transforms, Hashed, Text, encoder));
    }

    private void AppendTable(TableDeclaration declaration, IReadOnlyList<DataViewSchema.Column> columns, string file)
    {
        var numbers = columns.Where(column => declaration.IsNumber(column.Name)).ToArray();
        var singles = numbers.Where(column => column.Type == NumberDataViewType.Single).ToArray();
        var doubles = numbers.Where(column => column.Type != NumberDataViewType.Single).ToArray();
        var texts = columns.Where(column => declaration.HasCategories(column.Name)).ToArray();
        string[] inputs =
        [
            .. Together(TableGraph.Singles, singles, column => column.Name),
            .. Together(TableGraph.Doubles, doubles, AsDouble),
            .. Together(TableGraph.Texts, texts, AsText),
        ];
        File.WriteAllBytes(file, TableGraph.Write(declaration.Table!, Names(singles), Names(doubles), Names(texts), Codes));
        Append(_ml.Transforms.ApplyOnnxModel([Codes], inputs, file));

        static string[] Names(DataViewSchema.Column[] columns) => [.. columns.Select(column => column.Name)];
    }

    private string[] Together(string name, DataViewSchema.Column[] columns, Func<DataViewSchema.Column, string> convert)
    {
        if (columns.Length == 0)
        {
            return [];
        }

        Temporary(name, _ml.Transforms.Concatenate(name, Array.ConvertAll(columns, column => convert(column))));
        return [name];
    }

    private string AsDouble(DataViewSchema.Column column)
    {
        if (column.Type == NumberDataViewType.Double)
        {
            return column.Name;
        }

        var name = $"{Prefix}Double.{column.Name}";
        return Temporary(name, _ml.Transforms.Conversion.ConvertType(name, column.Name, DataKind.Double));
    }

    private string AsText(DataViewSchema.Column column)
    {
        if (column.Type is TextDataViewType)
        {
            return column.Name;
        }

        var name = $"{Prefix}Text.{column.Name}";
        return column.Type is BooleanDataViewType
            ? Temporary(name, _ml.Transforms.Expression(name, "x : x ? \"true\" : \"false\"", column.Name))
            : Temporary(name, _ml.Transforms.Conversion.ConvertType(name, column.Name, DataKind.String));
    }

    private string Temporary<TTransformer>(string name, IEstimator<TTransformer> step)
        where TTransformer : class, ITransformer
    {
        _temporary.Add(name);
        Append(step);
        return name;
    }

    private void Append<TTransformer>(IEstimator<TTransformer> step)
        where TTransformer : class, ITransformer
        => _chain = _chain.Append<ITransformer>(step);
}
