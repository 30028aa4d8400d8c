using System.Globalization;
using System.Text.Json.Nodes;
using LegoNet.Encoders;
using LegoNet.Encoders.Tabular;
using LegoNet.Specs;

namespace LegoNet.Cli.Init;

/// <summary>Drafts the spec of a scenario over a table: text classification, tabular classification, regression.</summary>
internal static class TableSpec
{
    private static readonly string[] s_negatives = ["0", "false", "no", "n", "f"];

    /// <summary>Drafts.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="context">Notes, progress and cancellation.</param>
    /// <exception cref="LegoNetException">The configuration and its data do not make a spec.</exception>
    public static SpecDraft Draft(ModelBuilderConfig config, InitRequest request, CommandContext context)
    {
        if (request.Encoder is not null || request.Reference is not null)
        {
            throw LegoNetException.BadInput($"{config.File}: --encoder and --reference are for image classification, and this configuration is of a table.");
        }

        var label = config.Label
            ?? throw LegoNetException.BadInput($"{config.File}: names no label column; choose the column to predict in Model Builder first.");
        var names = new TableNames(label, request.Subject, request.Id, request.AtLeast);
        if (label == names.Subject || label == names.Id)
        {
            throw LegoNetException.BadInput($"{config.File}: the column \"{label}\" is the label, so it can be neither --subject nor --id.");
        }

        var features = Features(config, names);
        var warnings = new List<string>();
        var scan = Scan(config, request, features, names, warnings, context);
        var texts = scan.Features.Where(ColumnProposal.IsFreeText).ToList();
        var isText = config.Scenario == ModelBuilderScenario.TextClassification || texts.Count == scan.Features.Count;
        var draft = new SpecDraft
        {
            DataFile = scan.Layout.Path,
            Records = scan.Rows,
            Summary = $"{(isText ? "text" : "tabular")} {(scan.Target is null ? "classification" : "regression")}",
        };
        draft.Warnings.AddRange(warnings);
        draft.Members["name"] = Path.GetFileNameWithoutExtension(request.Output);
        WriteTask(draft, scan, config, names);
        WriteSources(draft, scan, config, request, names, isText);
        if (isText)
        {
            WriteText(draft, scan);
        }
        else
        {
            WriteTabular(draft, scan, texts, config);
        }

        WarnOfIdentity(draft, names);
        return draft;
    }

    private static List<ModelBuilderColumn> Features(ModelBuilderConfig config, TableNames names)
    {
        var features = config.Columns
            .Where(c => c.Purpose is ColumnPurpose.Feature or ColumnPurpose.Text && c.Name != names.Label && c.Name != names.Subject && c.Name != names.Id)
            .ToList();
        var isText = config.Scenario == ModelBuilderScenario.TextClassification;
        if (isText)
        {
            features = config.Text is { } text && text != names.Label && text != names.Subject && text != names.Id
                ? [config.Columns.FirstOrDefault(c => c.Name == text) ?? new ModelBuilderColumn(text, ColumnPurpose.Text, ColumnFormat.String, false)]
                : [.. features.Where(c => c.Format == ColumnFormat.String)];
        }

        return features.Count > 0 ? features
            : throw LegoNetException.BadInput($"{config.File}: names no {(isText ? "text" : "feature")} column beside the label.");
    }

    private static TableScan Scan(
        ModelBuilderConfig config,
        InitRequest request,
        List<ModelBuilderColumn> features,
        TableNames names,
        List<string> warnings,
        CommandContext context)
    {
        var path = request.Data is null
            ? DataPlace.Find(config.File, config.DataPath, File.Exists)
                ?? throw LegoNetException.BadInput(
                    $"{config.File}: its data ({DataPlace.Name(config.DataPath)}) is neither where it says nor beside it; name the file with --data.")
            : File.Exists(request.Data) ? Path.GetFullPath(request.Data)
            : throw LegoNetException.BadInput($"{request.Data}: no such file.");

        // Where the version does not say whether quotes enclose fields, they do: that is how CSV files are written.
        var quotes = config.Quotes ?? true;
        try
        {
            return Read(quotes);
        }
        catch (LegoNetException)
        {
            TableScan other;
            try
            {
                other = Read(!quotes);
            }
            catch (LegoNetException)
            {
                other = null!;
            }

            if (other is null)
            {
                throw;
            }

            var against = config.Quotes is null ? "" : ", against what the configuration says";
            warnings.Add($"{Path.GetFileName(path)} reads only with \"quotes\": {(quotes ? "false" : "true")}{against}; the spec says so.");
            return other;
        }

        TableScan Read(bool withQuotes)
        {
            var layout = new TableLayout(path, config.Delimiter, config.HasHeader, null, withQuotes);
            var named = config.HasHeader ? layout : layout with { Columns = NameColumns(config, layout, context.CancellationToken) };
            return TableScan.Read(named, config, features, names, context);
        }
    }

    // Without a header the configuration's columns name the fields by their order, and "col3" is always the fourth.
    private static string[] NameColumns(ModelBuilderConfig config, TableLayout layout, CancellationToken cancellationToken)
    {
        var count = TableScan.FieldCount(layout, cancellationToken);
        if (config.Columns.Count == count)
        {
            return [.. config.Columns.Select(c => c.Name)];
        }

        string[] names = [.. Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"col{i}"))];
        return config.Columns.All(c => names.Contains(c.Name)) ? names
            : throw LegoNetException.BadInput($"{layout.Path}: has {Plural.Of(count, "column")} where {config.File} describes {config.Columns.Count}.");
    }

    private static void WriteTask(SpecDraft draft, TableScan scan, ModelBuilderConfig config, TableNames names)
    {
        var spec = draft.Members;
        if (scan.Target is { } target)
        {
            var finest = target.Decimals == 0 ? 0 : -target.Decimals;
            var range = RoundRange.Around(target.Min, target.Max, finest)
                ?? throw LegoNetException.BadInput($"{scan.Layout.Path}: all rows have the same target in column \"{names.Label}\".");
            var (exponent, digit) = RoundRange.Step((range.Max - range.Min) / (1 << 20));
            var step = exponent < finest ? RoundRange.Scaled(1, finest) : RoundRange.Scaled(digit, exponent);
            spec["task"] = "regression";
            spec["target"] = new JsonObject { ["min"] = range.Min, ["max"] = range.Max, ["step"] = step };
            var proposed = FormattableString.Invariant($"{names.Label} (target): from {range.Min} to {range.Max} in steps of {step}");
            draft.Proposed.Add($"{proposed}; the smallest and largest target of any row, rounded outward");
            return;
        }

        var classes = scan.Classes.All.ToList();
        if (classes.Count < 2)
        {
            throw LegoNetException.BadInput($"{scan.Layout.Path}: all rows have the same label in column \"{names.Label}\".");
        }

        var isBinary = classes.Count == 2 && config.Columns.FirstOrDefault(c => c.Name == names.Label)?.Format == ColumnFormat.Boolean;
        if (isBinary && s_negatives.Contains(classes[1], StringComparer.OrdinalIgnoreCase))
        {
            classes.Reverse();
        }

        spec["task"] = isBinary ? "binary" : "multiclass";
        spec["classes"] = new JsonArray([.. classes.Select(c => (JsonNode)c)]);
        draft.Proposed.Add($"{names.Label} (label): {Plural.Of(classes.Count, "class", "classes")}{(isBinary ? $", \"{classes[1]}\" the positive one" : "")}");
        var rare = classes.Count - scan.Classes.Common.Count;
        if (rare > 0)
        {
            draft.Warnings.Add(
                $"{Plural.Of(rare, "class", "classes")} of {classes.Count:N0} {Plural.Form(rare, "is", "are")} had by fewer than {Holders(names)}: "
                + "a class stays in the spec after its last record was forgotten, so take out what names a person (and its rows).");
        }
    }

    private static void WriteSources(SpecDraft draft, TableScan scan, ModelBuilderConfig config, InitRequest request, TableNames names, bool isText)
    {
        draft.Members["source"] = Source(scan.Layout.Path);
        if (config.ValidationPath is not { Length: > 0 } validation)
        {
            draft.Warnings.Add(
                "no test records: Model Builder's own split is not taken over; "
                + "name a file that was kept apart as \"test\", to evaluate with SPEC#test.");
        }
        else if (DataPlace.Find(config.File, validation, File.Exists) is { } found)
        {
            draft.Members["test"] = Source(found);
        }
        else
        {
            draft.Warnings.Add($"no test records: the validation file ({DataPlace.Name(validation)}) is neither where the configuration says nor beside it.");
        }

        JsonObject Source(string path)
        {
            var source = scan.Layout.ToSource(isText ? "text" : "tabular", request.InSpec(path));
            if (isText)
            {
                string[] texts = [.. scan.Features.Select(f => f.Column.Name)];
                source[texts.Length == 1 ? "text" : "texts"] = texts is [var only] ? only : new JsonArray([.. texts.Select(t => (JsonNode)t)]);
            }

            source["label"] = names.Label;
            if (names.Subject is not null)
            {
                source["subject"] = names.Subject;
            }

            if (names.Id is not null)
            {
                source["id"] = names.Id;
            }

            return source;
        }
    }

    private static void WriteText(SpecDraft draft, TableScan scan)
    {
        draft.Members["encoder"] = new JsonObject { ["type"] = "hashing", ["dimension"] = 4096, ["ngrams"] = 2, ["chars"] = new JsonArray(3, 5) };
        Finish(draft, scan);
    }

    private static void WriteTabular(SpecDraft draft, TableScan scan, List<ColumnScan> texts, ModelBuilderConfig config)
    {
        var entries = new JsonArray();
        foreach (var column in scan.Features)
        {
            if (texts.Contains(column))
            {
                draft.LeftOut.Add((column.Column.Name, "the tabular encoder reads no free text"));
                continue;
            }

            foreach (var entry in ColumnProposal.Entries(column, draft))
            {
                entries.Add((JsonNode)entry);
            }
        }

        if (entries.Count == 0)
        {
            throw LegoNetException.BadInput(
                $"{config.File}: none of its {scan.Features.Count} feature columns can be encoded "
                + $"({draft.LeftOut[0].Column}: {draft.LeftOut[0].Why}).");
        }

        draft.Members["encoder"] = new JsonObject
        {
            ["type"] = "tabular",
            ["columns"] = entries,
            ["missingMarks"] = new JsonArray([.. TableColumnProposal.MissingMarks.Select(m => (JsonNode)m)]),
        };
        Finish(draft, scan);
        if (texts.Count > 0)
        {
            draft.Warnings.Add(
                "free text next to other columns: to learn from the text instead, "
                + "set every other feature to Ignore in Model Builder and run init again.");
        }
    }

    private static void Finish(SpecDraft draft, TableScan scan)
    {
        // Several classes and two choose among the same.
        var task = scan.Target is null ? LearningTask.Multiclass : LearningTask.Regression;
        Sizing.For(scan.Rows).Write(draft.Members, task, KeySource.Gaussian);
        draft.Members["seed"] = 1;
    }

    private static void WarnOfIdentity(SpecDraft draft, TableNames names)
    {
        if (names.Subject is null)
        {
            draft.Warnings.Add("no --subject column: every row counts as a person of its own, so a person with several rows must be forgotten row by row.");
        }

        if (names.Id is null)
        {
            draft.Warnings.Add("no --id column: records are named by file name and row number, which change when rows are inserted, removed or sorted.");
        }
    }

    private static string Holders(TableNames names) => names.Subject is null
        ? Plural.Of(names.AtLeast, "row", "rows")
        : Plural.Of(names.AtLeast, "subject", "subjects");
}
