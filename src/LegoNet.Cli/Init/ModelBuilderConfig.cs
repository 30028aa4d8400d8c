using System.Text.Json;
using System.Text.Json.Nodes;

namespace LegoNet.Cli.Init;

/// <summary>What a Model Builder configuration (.mbconfig) says about the data; trainers, trials and scores in it are passed over.</summary>
/// <remarks>
/// Versions 0 to 5 of the file occur. Version 0 wraps the scenario in an object and calls a source's type "DataSourceType"; from
/// version 1 on, scenario and type are plain words; from version 4 on, the training option repeats the label's column; version 3 of
/// a tabular source adds quoting. Members are found whatever their capitals.
/// </remarks>
internal sealed record ModelBuilderConfig
{
    /// <summary>The newest version of the file that is known.</summary>
    public const int NewestVersion = 5;

    private const string ScenarioMember = "Scenario"; // The file's word; the property here may be renamed.
    private const string Supported = "text, image and tabular classification and regression";

    /// <summary>The configuration's file.</summary>
    public required string File { get; init; }

    /// <summary>The file's version.</summary>
    public required int Version { get; init; }

    /// <summary>What is to be learned.</summary>
    public required ModelBuilderScenario Scenario { get; init; }

    /// <summary>The data: a table's file, or the folder of images; as the configuration spells it.</summary>
    public required string DataPath { get; init; }

    /// <summary>A file of its own for validation; null where there is none.</summary>
    public string? ValidationPath { get; init; }

    /// <summary>The text between fields; null for the default of the file's name.</summary>
    public string? Delimiter { get; init; }

    /// <summary>True where numbers are written with a decimal comma.</summary>
    public bool HasDecimalComma { get; init; }

    /// <summary>Whether the table's first row names its columns.</summary>
    public bool HasHeader { get; init; }

    /// <summary>Whether quotes enclose fields; null where the version does not say.</summary>
    public bool? Quotes { get; init; }

    /// <summary>The table's columns, in the file's order.</summary>
    public IReadOnlyList<DescribedColumn> Columns { get; init; } = [];

    /// <summary>The label's column; null for images and where none was chosen.</summary>
    public string? Label { get; init; }

    /// <summary>The text column of text classification; null where none was chosen.</summary>
    public string? Text { get; init; }

    /// <summary>Reads a configuration.</summary>
    /// <param name="file">The .mbconfig file.</param>
    /// <exception cref="LegoNetException">It is missing, no configuration, or of a scenario or data source that no spec expresses.</exception>
    public static ModelBuilderConfig Read(string file)
    {
        try
        {
            return Read(Parse(file), file);
        }
        catch (ArgumentException e)
        {
            // Found at the first look-up: to the parser, names with other capitals are other names.
            throw LegoNetException.BadInput($"{file}: is no Model Builder configuration (a member is given twice).", e);
        }
    }

    private static ModelBuilderConfig Read(JsonObject root, string file)
    {
        var scenario = ReadScenario(root, file);
        var data = root["DataSource"] as JsonObject
            ?? throw LegoNetException.BadInput($"{file}: names no data source yet; choose the data in Model Builder first.");
        var isImages = scenario == ModelBuilderScenario.ImageClassification;
        RequireType(Word(data, "Type") ?? Word(data, "DataSourceType") ?? "", isImages ? "Folder" : "TabularFile", file);
        var option = root["TrainingOption"] as JsonObject;
        var columns = ReadColumns(data, file);
        return new ModelBuilderConfig
        {
            File = file,
            Version = Number(root, "Version") ?? Number(root, "TrainingConfigurationVersion") ?? 0,
            Scenario = scenario,
            DataPath = Word(data, isImages ? "FolderPath" : "FilePath") is { Length: > 0 } path ? path
                : throw LegoNetException.BadInput($"{file}: names no data file yet; choose the data in Model Builder first."),
            ValidationPath = option?["ValidationOption"] is JsonObject validation ? Word(validation, "FilePath") : null,
            Delimiter = Word(data, "Delimiter") is { Length: > 0 } delimiter ? delimiter : null,
            HasDecimalComma = Word(data, "DecimalMarker") == ",",
            HasHeader = Flag(data, "HasHeader") ?? false,
            Quotes = Flag(data, "AllowQuoting"),
            Columns = columns,
            Label = columns.FirstOrDefault(c => c.Purpose == ColumnPurpose.Label)?.Name ?? (option is null ? null : Word(option, "LabelColumn")),
            Text = columns.FirstOrDefault(c => c.Purpose == ColumnPurpose.Text)?.Name ?? (option is null ? null : Word(option, "TextColumn")),
        };
    }

    private static JsonObject Parse(string file)
    {
        try
        {
            var options = new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, AllowDuplicateProperties = false };
            var node = JsonNode.Parse(System.IO.File.ReadAllText(file), new JsonNodeOptions { PropertyNameCaseInsensitive = true }, options);
            var root = node as JsonObject;
            return root is not null && root.ContainsKey(ScenarioMember)
                ? root
                : throw LegoNetException.BadInput($"{file}: is no Model Builder configuration (it names no \"Scenario\").");
        }
        catch (JsonException e)
        {
            throw LegoNetException.BadInput($"{file}: is no Model Builder configuration (no valid JSON in line {(e.LineNumber ?? 0) + 1}).", e);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw LegoNetException.BadInput($"{file}: no such file.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw LegoNetException.BadInput($"{file}: cannot be read ({e.Message.TrimEnd('.')}).", e);
        }
    }

    private static ModelBuilderScenario ReadScenario(JsonObject root, string file)
    {
        var name = (root[ScenarioMember] is JsonObject wrapped ? Word(wrapped, "ScenarioType") : Word(root, ScenarioMember)) ?? "";
        if (name.Length == 0 || name.Equals("Default", StringComparison.OrdinalIgnoreCase))
        {
            throw LegoNetException.BadInput($"{file}: names no scenario yet; choose one in Model Builder first ({Supported} have a spec).");
        }

        // By name only: Enum.TryParse would also take numbers.
        return Enum.GetValues<ModelBuilderScenario>()
            .Where(s => s.ToString().Equals(name, StringComparison.OrdinalIgnoreCase))
            .Cast<ModelBuilderScenario?>()
            .FirstOrDefault()
            ?? throw LegoNetException.BadInput($"{file}: the scenario {Shown(name)} has no spec; {Supported} have one.");
    }

    private static void RequireType(string type, string required, string file)
    {
        if (type.Equals("SQL", StringComparison.OrdinalIgnoreCase))
        {
            throw LegoNetException.BadInput(
                $"{file}: the data comes from an SQL database, which LegoNet does not read; "
                + "export the table to a CSV file, choose that file in Model Builder, and try again.");
        }

        if (!type.Equals(required, StringComparison.OrdinalIgnoreCase))
        {
            throw LegoNetException.BadInput($"{file}: the data source is of the type {Shown(type)}, where {Shown(required)} is expected for this scenario.");
        }
    }

    private static List<DescribedColumn> ReadColumns(JsonObject data, string file)
    {
        var columns = new List<DescribedColumn>();
        foreach (var item in data["ColumnProperties"] as JsonArray ?? [])
        {
            var column = item as JsonObject;
            var name = (column is null ? null : Word(column, "ColumnName"))?.Trim()
                ?? throw LegoNetException.BadInput($"{file}: column {columns.Count + 1} of ColumnProperties has no name.");
            if (columns.Any(c => c.Name == name))
            {
                throw LegoNetException.BadInput($"{file}: ColumnProperties names the column {Shown(name)} twice.");
            }

            columns.Add(new DescribedColumn(
                name,
                Purpose(Word(column!, "ColumnPurpose")),
                Format(Word(column!, "ColumnDataFormat")),
                Flag(column!, "IsCategorical") ?? false));
        }

        return columns;
    }

    private static ColumnPurpose Purpose(string? word) => word?.ToUpperInvariant() switch
    {
        "FEATURE" => ColumnPurpose.Feature,
        "TEXT" => ColumnPurpose.Text,
        "LABEL" => ColumnPurpose.Label,
        _ => ColumnPurpose.Ignore,
    };

    private static ColumnFormat Format(string? word) => word?.ToUpperInvariant() switch
    {
        "STRING" => ColumnFormat.String,
        "SINGLE" or "DOUBLE" or "INT" or "INT32" or "INT64" => ColumnFormat.Number,
        "BOOLEAN" or "BOOL" => ColumnFormat.Boolean,
        _ => ColumnFormat.Other,
    };

    private static string? Word(JsonObject parent, string name) => parent[name] is JsonValue value && value.TryGetValue<string>(out var word) ? word : null;

    private static bool? Flag(JsonObject parent, string name) => parent[name] is JsonValue value && value.TryGetValue<bool>(out var flag) ? flag : null;

    private static int? Number(JsonObject parent, string name) => parent[name] is JsonValue value && value.TryGetValue<int>(out var number) ? number : null;

    // A name from the file within a sentence of ours.
    private static string Shown(string name) => $"\"{string.Concat(name.Where(c => !char.IsControl(c)).Take(60))}\"";
}
