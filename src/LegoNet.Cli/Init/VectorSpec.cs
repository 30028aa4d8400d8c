using System.Text.Json.Nodes;
using LegoNet.Calibration;
using LegoNet.Data;
using LegoNet.Data.Json;
using LegoNet.Data.Sources;
using LegoNet.Encoders;
using LegoNet.Specs;

namespace LegoNet.Cli.Init;

/// <summary>Drafts the spec of vectors in a .npy or safetensors file, whose labels stand in a table of the same name beside it.</summary>
internal static class VectorSpec
{
    /// <summary>Whether a file's name tells vectors.</summary>
    public static bool IsVectors(string path) => Path.GetExtension(path).ToUpperInvariant() is ".NPY" or ".SAFETENSORS";

    /// <summary>Drafts.</summary>
    /// <param name="path">The file, absolute.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="context">Terminal, progress and cancellation.</param>
    /// <exception cref="LegoNetException">The file or its table is missing or malformed, or the label is not said.</exception>
    public static SpecDraft Draft(string path, InitRequest request, CommandContext context)
    {
        var table = Table(path);
        if (request.Reference is not null || request.Texts.Count > 0)
        {
            throw LegoNetException.BadInput(
                $"{path}: holds vectors, so --reference and --text do not suit it; --encoder takes a card that `legonet calibrate vector` wrote.");
        }

        // What a row of the table holds beside names and label is no input here, so every column is surveyed and none taken.
        var description = SurveyedTable.DescribeRoles(table, request, context);
        var scan = TableScan.Read(description, description.Layout!, table, request.AtLeast, context);
        var draft = new SpecDraft { DataFile = path, Records = scan.Rows, Summary = $"vector {(scan.Target is null ? "classification" : "regression")}" };
        draft.Proposed.AddRange(description.Proposed);
        draft.Warnings.AddRange(description.Warnings);
        draft.Members["name"] = Path.GetFileNameWithoutExtension(request.Output);
        var test = request.Test is null ? null : Path.GetFullPath(request.Test);
        var kept = test is null ? null : TableScan.Read(description, description.Layout!, Table(test), request.AtLeast, context);
        RequireAll(path, scan);
        var task = TableSpec.WriteTask(draft, scan, kept, description, request);
        var trim = kept is null ? null : TableSpec.LabelTrim(scan, kept);
        draft.Members["source"] = Source(path, table);
        if (kept is not null)
        {
            RequireAll(test!, kept);
            draft.Members["test"] = Source(test!, kept.Path);
        }

        var isCard = request.Encoder is not null;
        draft.Members["encoder"] = isCard
            ? new JsonObject { ["type"] = "vector", ["card"] = request.InSpec(Path.GetFullPath(request.Encoder!)) }
            : Range(draft, path, context);
        draft.WriteRouting(task, request);

        TableSpec.WarnOfIdentity(draft, description);
        return draft;

        JsonObject Source(string vectors, string records)
        {
            var source = scan.Layout.ToSource(Path.GetExtension(vectors)[1..].ToLowerInvariant(), request.InSpec(vectors));
            source.Remove("path");
            source.Insert(1, "vectors", request.InSpec(vectors));
            source.Insert(2, "records", request.InSpec(records));
            TableLayout.WithRoles(source, description.Label, description.Subject, description.Id);
            if (trim is not null)
            {
                source["labelTrim"] = trim;
            }

            return source;
        }
    }

    private static string Table(string vectors)
    {
        if (!File.Exists(vectors))
        {
            throw LegoNetException.BadInput($"{vectors}: no such file.");
        }

        var table = Path.ChangeExtension(vectors, ".csv");
        return File.Exists(table) ? table
            : throw LegoNetException.BadInput(
                $"{vectors}: has vectors and no labels; put a table {Path.GetFileName(table)} beside it, with a row for each vector.");
    }

    // A training reads row by row beside the vectors, and so would fail at its end.
    private static void RequireAll(string vectors, TableScan scan)
    {
        if (Open(vectors).Count is { } count && count != scan.Rows)
        {
            throw LegoNetException.BadInput(
                $"{scan.Path}: has {Plural.Of(scan.Rows, "row")} where {vectors} has {Plural.Of(count, "vector")}; each vector needs its row.");
        }
    }

    private static IRecordSource Open(string path)
    {
        // "${" in a path would name an environment variable; the context answers with the path instead.
        var source = new JsonObject { ["type"] = Path.GetExtension(path)[1..].ToLowerInvariant(), ["vectors"] = "${DATA}" };
        return SourceRegistry.Create(StrictJson.Parse(source.ToJsonString(), path), new SourceContext(".", _ => path));
    }

    private static JsonObject Range(SpecDraft draft, string path, CommandContext context)
    {
        var range = RangeProposal.Of(Open(path), context.CancellationToken) ?? throw LegoNetException.BadInput($"{path}: holds no vectors of one length.");
        draft.Proposed.Add(FormattableString.Invariant(
            $"vectors of {range.Dimension} numbers, from {range.Min} to {range.Max}, by the first {range.Rows}; what lies outside is clamped"));
        if (range.Warning is { } warning)
        {
            draft.Warnings.Add($"{warning}.");
        }

        return new JsonObject { ["type"] = "vector", ["dimension"] = range.Dimension, ["min"] = range.Min, ["max"] = range.Max };
    }
}
