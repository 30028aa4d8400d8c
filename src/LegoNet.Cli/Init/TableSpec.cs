using System.Globalization;
using System.Text.Json.Nodes;
using LegoNet.Encoders;
using LegoNet.Encoders.Hashing;
using LegoNet.Encoders.Tabular;
using LegoNet.Specs;

namespace LegoNet.Cli.Init;

/// <summary>Drafts the spec of a described table: from its texts, its other columns, or both.</summary>
internal static class TableSpec
{
    private const int MostCodes = 4_096;
    private const int MostCodesOfAll = 32_768;

    private static readonly string[] s_negatives = ["0", "false", "no", "n", "f", "nein", "non"];

    /// <summary>Drafts.</summary>
    /// <param name="table">The table and its columns.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="context">Notes, progress and cancellation.</param>
    /// <exception cref="LegoNetException">The description and the data do not make a spec.</exception>
    public static SpecDraft Draft(TableDescription table, InitRequest request, CommandContext context)
    {
        if (request.Reference is not null || (request.Encoder is not null && !IsCard(request.Encoder)))
        {
            throw LegoNetException.BadInput(
                $"{table.Origin}: --reference and an ONNX file are for image classification; texts take a card as --encoder, other columns none.");
        }

        var warnings = new List<string>(table.Warnings);
        var scan = Scan(table, request, warnings, context);
        var test = table.Test is null ? null : TableScan.Read(table, scan.Layout, Existing(table.Test), request.AtLeast, context);
        var texts = scan.Features.Where(ColumnProposal.IsFreeText).ToList();
        var others = table.IsTextOnly ? [] : scan.Features.Except(texts).ToList();
        var draft = new SpecDraft
        {
            DataFile = scan.Path,
            Records = scan.Rows,
            Summary = $"{Kind(texts, others)} {(scan.Target is null ? "classification" : "regression")}",
        };
        draft.Proposed.AddRange(table.Proposed);
        draft.LeftOut.AddRange(table.LeftOut);
        draft.Warnings.AddRange(warnings);
        draft.Members["name"] = Path.GetFileNameWithoutExtension(request.Output);
        var task = WriteTask(draft, scan, test, table, request);
        var entries = Entries(others, draft);
        if (entries.Count == 0 && texts.Count == 0 && !table.IsTextOnly)
        {
            throw LegoNetException.BadInput(
                $"{table.Origin}: none of its {Plural.Of(scan.Features.Count, "feature column")} can be encoded "
                + $"({Words.Shown(draft.LeftOut[^1].Column)}: {draft.LeftOut[^1].Why}).");
        }

        string[] read = [.. (table.IsTextOnly ? scan.Features : texts).Select(t => t.Column.Name)];
        var trim = test is null ? null : LabelTrim(scan, test);
        draft.Members["source"] = Source(scan.Path);
        if (test is not null)
        {
            draft.Members["test"] = Source(test.Path);
        }

        draft.Members["encoder"] = Encoder(request, table, entries, read, draft);
        draft.WriteRouting(task, request);
        WarnOfIdentity(draft, table);
        return draft;

        JsonObject Source(string path)
        {
            var source = scan.Layout.ToSource(entries.Count > 0 ? "tabular" : "text", request.InSpec(path));
            if (entries.Count == 0)
            {
                source[read.Length == 1 ? "text" : "texts"] = read is [var only] ? only : Strings(read);
            }

            TableLayout.WithRoles(source, table.Label, table.Subject, table.Id);
            if (trim is not null)
            {
                source["labelTrim"] = trim;
            }

            return source;
        }
    }

    private static string Kind(List<ColumnScan> texts, List<ColumnScan> others)
        => others.Count == 0 ? "text" : texts.Count == 0 ? "tabular" : "text and table";

    private static bool IsCard(string encoder) => Path.GetExtension(encoder).Equals(".json", StringComparison.OrdinalIgnoreCase);

    private static string Existing(string path) => File.Exists(path) ? Path.GetFullPath(path) : throw LegoNetException.BadInput($"{path}: no such file.");

    private static JsonArray Strings(IEnumerable<string> values) => new([.. values.Select(v => (JsonNode)v)]);

    private static TableScan Scan(TableDescription table, InitRequest request, List<string> warnings, CommandContext context)
        => table.Layout is { } settled
            ? TableScan.Read(table, settled, table.Path, request.AtLeast, context)
            : TableLayout.ReadQuoted(table.Path, table.Quotes, warnings, quotes =>
            {
                var layout = new TableLayout(table.Separator, table.HasHeader, null, quotes);
                var named = table.HasHeader ? layout : layout with { Columns = NameColumns(table, layout, context.CancellationToken) };
                return TableScan.Read(table, named, table.Path, request.AtLeast, context);
            });

    // Without a header the configuration's columns name the fields by their order, and "col3" is always the fourth.
    private static string[] NameColumns(TableDescription table, TableLayout layout, CancellationToken cancellationToken)
    {
        var count = layout.FieldCount(table.Path, cancellationToken);
        if (table.Columns.Count == count)
        {
            return [.. table.Columns.Select(c => c.Name)];
        }

        string[] names = [.. Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"col{i}"))];
        return table.Columns.All(c => names.Contains(c.Name)) ? names
            : throw LegoNetException.BadInput($"{table.Path}: has {Plural.Of(count, "column")} where {table.Origin} describes {table.Columns.Count}.");
    }

    /// <summary>Writes task, classes or target.</summary>
    public static LearningTask WriteTask(SpecDraft draft, TableScan scan, TableScan? test, TableDescription table, InitRequest request)
    {
        var spec = draft.Members;
        var label = Words.Shown(table.Label);
        if (scan.Target is { } target)
        {
            var finest = -Math.Max(target.Decimals, test?.Target!.Decimals ?? 0);
            var range = RoundRange.Around(Math.Min(target.Min, test?.Target!.Min ?? target.Min), Math.Max(target.Max, test?.Target!.Max ?? target.Max), finest)
                ?? throw LegoNetException.BadInput($"{scan.Path}: all rows have the same target in column \"{label}\".");
            if (Math.Max(-range.Min, range.Max) > RegressionTarget.Largest)
            {
                throw LegoNetException.BadInput(
                    $"{scan.Path}: column \"{label}\" holds numbers beyond ±10¹², which no target may be; write them in a larger unit, such as millions.");
            }

            var (exponent, digit) = RoundRange.Step((range.Max - range.Min) / (1 << 20));
            var step = exponent < finest ? RoundRange.Scaled(1, finest) : RoundRange.Scaled(digit, exponent);
            spec["task"] = "regression";
            spec["target"] = new JsonObject { ["min"] = range.Min, ["max"] = range.Max, ["step"] = step };
            var proposed = FormattableString.Invariant($"{label} (target): from {range.Min} to {range.Max} in steps of {step}");
            draft.Proposed.Add($"{proposed}; the smallest and largest target of any row, rounded outward");
            return LearningTask.Regression;
        }

        var classes = Classes(draft, scan, test);
        if (classes.Count < 2)
        {
            throw LegoNetException.BadInput($"{scan.Path}: all rows have the same label in column \"{label}\".");
        }

        if (table.Task == LearningTask.Binary && classes.Count != 2)
        {
            throw LegoNetException.BadInput($"{scan.Path}: column \"{label}\" has {classes.Count:N0} classes where a binary task has two.");
        }

        var isBinary = classes.Count == 2 && (table.Task == LearningTask.Binary || (table.Task is null && table.LabelFormat == ColumnFormat.Boolean));
        if (isBinary && s_negatives.Contains(classes[1], StringComparer.OrdinalIgnoreCase))
        {
            classes.Reverse();
        }

        spec["task"] = isBinary ? "binary" : "multiclass";
        spec["classes"] = Strings(classes);
        draft.Proposed.Add($"{label} (label): {Plural.Of(classes.Count, "class", "classes")}{(isBinary ? $", \"{classes[1]}\" the positive one" : "")}");
        var rare = scan.Classes.Distinct - scan.Classes.Common.Count;
        if (rare > 0)
        {
            draft.Warnings.Add(
                $"{Plural.Of(rare, "class", "classes")} of {classes.Count:N0} {Plural.Form(rare, "is", "are")} had by fewer than {Holders(table, request)}: "
                + "a class stays in the spec after its last record was forgotten, so take out what names a person (and its rows).");
        }

        return isBinary ? LearningTask.Binary : LearningTask.Multiclass;
    }

    private static List<string> Classes(SpecDraft draft, TableScan scan, TableScan? test)
    {
        var classes = scan.Classes.All.ToList();
        if (test is not null && LabelTrim(scan, test) is null && test.Classes.All.Except(classes).ToArray() is { Length: > 0 } more)
        {
            classes.AddRange(more);
            draft.Warnings.Add(
                $"{Plural.Of(more.Length, "class", "classes")} of the test records {Plural.Form(more.Length, "is", "are")} in no record to train on, "
                + "and so will never be predicted; see whether both files spell their labels alike.");
        }

        return classes;
    }

    // In some collections the labels of the test file end in a full stop that those of the other lack.
    /// <summary>What the labels of both files lack when they agree; null where nothing needs to be taken off.</summary>
    public static string? LabelTrim(TableScan scan, TableScan test)
    {
        var declared = scan.Classes.All.ToHashSet(StringComparer.Ordinal);
        return test.Classes.All.Any(c => !declared.Contains(c)) && test.Classes.All.All(c => declared.Contains(c.Trim('.').Trim())) ? "." : null;
    }

    // A table of very many columns gets the short form of each, and what then still makes the code too long is left out.
    private static JsonArray Entries(List<ColumnScan> columns, SpecDraft draft)
    {
        var entries = columns.ToDictionary(c => c, c => ColumnProposal.Entries(c, draft).ToArray());
        if (entries.Values.Sum(e => e.Sum(Codes)) > MostCodes)
        {
            foreach (var column in columns.Where(c => entries[c].Length > 1))
            {
                entries[column] = entries[column][..1];
            }
        }

        var kept = new JsonArray();
        var codes = 0;
        foreach (var column in columns)
        {
            var own = entries[column].Sum(Codes);
            if (codes + own > MostCodesOfAll)
            {
                draft.LeftOut.Add((column.Column.Name, "the table has more columns than a code has room for; take the more important ones"));
                continue;
            }

            codes += own;
            foreach (var entry in entries[column])
            {
                kept.Add((JsonNode)entry);
            }
        }

        return kept;
    }

    private static int Codes(JsonObject entry) => (entry["edges"] as JsonArray)?.Count ?? (entry["categories"] as JsonArray)?.Count ?? 1;

    private static JsonObject Encoder(InitRequest request, TableDescription table, JsonArray entries, string[] texts, SpecDraft draft)
    {
        if (request.Encoder is { } card)
        {
            return entries.Count == 0 ? new JsonObject { ["type"] = "onnx", ["card"] = request.InSpec(Existing(card)) }
                : throw LegoNetException.BadInput(
                    $"{table.Origin}: --encoder reads texts, and this table has other columns too; leave --encoder out, or the columns with --ignore.");
        }

        var tabular = new JsonObject { ["type"] = "tabular", ["columns"] = entries, ["missingMarks"] = Strings(TableColumnProposal.MissingMarks) };
        if (texts.Length == 0)
        {
            return tabular;
        }

        var hashing = new JsonObject { ["type"] = "hashing" };
        if (entries.Count > 0)
        {
            hashing["columns"] = Strings(texts);
        }

        hashing["dimension"] = HashingOptions.DimensionFor(draft.Records);
        hashing["ngrams"] = 2;
        hashing["chars"] = new JsonArray(3, 5);
        draft.Proposed.Add($"{string.Join(", ", texts.Select(Words.Shown))}: text, hashed into {hashing["dimension"]} numbers");
        return entries.Count == 0 ? hashing : new JsonObject { ["type"] = "composite", ["parts"] = new JsonArray(hashing, tabular) };
    }

    /// <summary>Warns of what follows where persons or rows have no names.</summary>
    public static void WarnOfIdentity(SpecDraft draft, TableDescription table)
    {
        if (table.Subject is null)
        {
            draft.Warnings.Add("no --subject column: every row counts as a person of its own, so a person with several rows must be forgotten row by row.");
        }

        if (table.Id is null)
        {
            draft.Warnings.Add("no --id column: records are named by file name and row number, which change when rows are inserted, removed or sorted.");
        }
    }

    private static string Holders(TableDescription table, InitRequest request) => table.Subject is null
        ? Plural.Of(request.AtLeast, "row", "rows")
        : Plural.Of(request.AtLeast, "subject", "subjects");
}
