using System.Globalization;
using System.Text.Json.Nodes;
using LegoNet.Data.Json;
using LegoNet.Encoders;
using LegoNet.Encoders.Tabular;
using LegoNet.MLNet.Data;
using LegoNet.Pipelines;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Encoders;

/// <summary>What the options of EncodeTable declare, and the core's encoder for it.</summary>
internal sealed class TableDeclaration
{
    private const string Origin = "The options of EncodeTable";
    private const string ColumnsOption = nameof(EncodeTableEstimator.Options.Columns);
    private const string TextColumnsOption = nameof(EncodeTableEstimator.Options.TextColumns);
    private const string MissingMarksOption = nameof(EncodeTableEstimator.Options.MissingMarks);

    private readonly HashSet<string> _numbers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _categories = new(StringComparer.Ordinal);
    private readonly HashSet<string> _texts = new(StringComparer.Ordinal);

    /// <summary>Checks the options.</summary>
    /// <param name="columns">The declared columns.</param>
    /// <param name="text">The texts; null for none.</param>
    /// <param name="missingMarks">The texts that mean "no value".</param>
    /// <exception cref="ArgumentException">They contradict themselves; the parameter's name is the option's.</exception>
    public TableDeclaration(IReadOnlyList<TableColumn> columns, HashTextPart? text, IReadOnlyList<string> missingMarks)
    {
        var table = TableJson(columns, missingMarks);
        OptionRules.Require(columns.Count > 0 || text is not null, "There must be one column or more.", ColumnsOption);
        var texts = text?.Columns ?? [];
        OptionRules.Require(texts.Distinct(StringComparer.Ordinal).Count() == texts.Count, "Names a column twice.", TextColumnsOption);

        try
        {
            Table = columns.Count == 0 ? null : TabularEncoder.FromSpec(StrictJson.Parse(table.ToJsonString(), Origin));
            Text = text;
            var json = text is null ? table : CompositeJson(text, Table is null ? null : table);
            var setup = EncoderRegistry.Create(StrictJson.Parse(json.ToJsonString(), Origin), new EncoderSettings());
            (Encoder, Binding) = (setup.Encoder, new EncoderBinding { Declaration = setup.Declaration, Fingerprint = setup.Encoder.Fingerprint });
        }
        catch (LegoNetException e)
        {
            throw OptionRules.Refused(ColumnsOption, e);
        }

        foreach (var column in Table?.Columns ?? [])
        {
            (column is TabularCategories ? _categories : column is TabularCross ? [] : _numbers).UnionWith(column.Inputs);
        }

        _texts.UnionWith(texts);
        Names = [.. _texts.Concat(columns.SelectMany(column => column.Names)).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The encoder of rows.</summary>
    public ICodeEncoder Encoder { get; }

    /// <summary>What a column of its codes says of them.</summary>
    public EncoderBinding Binding { get; }

    /// <summary>The encoder of the columns alone; null where there are texts only.</summary>
    public TabularEncoder? Table { get; }

    /// <summary>The part that reads texts, whose codes come first; null for none.</summary>
    public HashTextPart? Text { get; }

    /// <summary>The input columns, each once.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Whether a column is read as a number.</summary>
    public bool IsNumber(string name) => _numbers.Contains(name);

    /// <summary>Whether a column has categories.</summary>
    public bool HasCategories(string name) => _categories.Contains(name);

    /// <summary>What a column must be, where it is something else.</summary>
    /// <param name="name">The column.</param>
    /// <param name="type">Its type; of a key, whatever it counts in.</param>
    /// <param name="isKey">Whether it is a key.</param>
    /// <returns>Null where the type will do.</returns>
    public string? WhyNot(string name, DataViewType type, bool isKey)
    {
        var isWhole = type is NumberDataViewType && TextGetters.CanName(type) && !isKey;
        var (isNumber, hasCategories, isText) = (IsNumber(name), HasCategories(name), _texts.Contains(name));
        var fits = (!isNumber || isWhole || type == NumberDataViewType.Single || type == NumberDataViewType.Double)
            && (!hasCategories || isWhole || type is TextDataViewType or BooleanDataViewType)
            && (!isText || type is TextDataViewType);
        return fits && !isKey ? null
            : isText ? "Text"
            : isNumber && hasCategories ? "a whole number"
            : isNumber ? "Single, Double or a whole number"
            : "Text, Boolean or a whole number";
    }

    private static JsonObject TableJson(IReadOnlyList<TableColumn> columns, IReadOnlyList<string> missingMarks)
    {
        // A missing number has no text of its own, so it is read as the empty one; and a number that meant "missing" would still be a number.
        var hasEmpty = missingMarks.Contains("", StringComparer.Ordinal);
        OptionRules.Require(hasEmpty, "Must hold the empty text, which is how a missing number (NaN) is read.", MissingMarksOption);
        var number = missingMarks.FirstOrDefault(IsNumberText);
        OptionRules.Require(number is null, $"Holds the number {number}; in ML.NET a missing number is NaN.", MissingMarksOption);
        return new JsonObject
        {
            ["type"] = "tabular",
            ["columns"] = new JsonArray([.. columns.Select(column => JsonNode.Parse(column.Json))]),
            ["missingMarks"] = new JsonArray([.. missingMarks.Select(mark => (JsonNode)mark)]),
        };
    }

    private static JsonObject CompositeJson(HashTextPart text, JsonObject? table)
    {
        var hashing = (JsonObject)JsonNode.Parse(text.Options.ToCanonicalJson())!;
        hashing["columns"] = new JsonArray([.. text.Columns.Select(column => (JsonNode)column)]);
        var parts = table is null ? new JsonArray(hashing) : new JsonArray(hashing, table);
        return new JsonObject { ["type"] = "composite", ["parts"] = parts };
    }

    private static bool IsNumberText(string mark)
        => double.TryParse(mark, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number);
}
