using LegoNet.Data;
using LegoNet.Data.Json;
using LegoNet.Data.Sources;
using LegoNet.Encoders;
using LegoNet.Lab;
using LegoNet.Lab.Attacks;
using LegoNet.Records;

namespace LegoNet.Cli.Commands;

/// <summary>The encoded records of `legonet audit`.</summary>
/// <param name="Training">Training records, those in question included.</param>
/// <param name="Names">Subject and id of each.</param>
/// <param name="Rows">Rows of those in question.</param>
/// <param name="Unseen">Records that the model never saw.</param>
internal sealed record AuditData(RecordSet Training, IReadOnlyList<(string Subject, string Id)> Names, IReadOnlyCollection<int> Rows, RecordSet Unseen)
{
    /// <summary>The test part of a description of data.</summary>
    /// <exception cref="LegoNetException">It has none.</exception>
    public static string TestPartOf(string data)
        => Path.GetExtension(data) == ".json" && File.Exists(data) && StrictJson.Load(data).Has("test")
            ? $"{data}#test"
            : throw LegoNetException.BadInput(
                $"{data}: has no test part, and an audit compares with records that the model never saw; name some with --unseen DATA.");

    /// <summary>Opens the unseen records.</summary>
    public static IRecordSource OpenUnseen(string data, string? spec, RecordInputKind kind)
        => spec is null ? SourcePath.Infer(data, kind) : SpecFile.Load(spec).OpenLike(data, kind, needsLabels: true);

    /// <summary>Encodes.</summary>
    /// <param name="source">Training records.</param>
    /// <param name="unseen">Records that the model never saw.</param>
    /// <param name="targets">Subjects and records in question.</param>
    /// <param name="model">The model.</param>
    /// <param name="encoder">Its encoder.</param>
    /// <param name="threads">Batches encoded at a time.</param>
    /// <param name="context">Progress and cancellation.</param>
    /// <exception cref="LegoNetException">A source is malformed, a target is not among its records, or there are hardly any unseen ones.</exception>
    public static AuditData Read(
        IRecordSource source,
        IRecordSource unseen,
        List<ForgetTarget> targets,
        LegoNetModel model,
        ICodeEncoder encoder,
        int threads,
        CommandContext context)
    {
        var training = Encode(source);
        (string Subject, string Id)[] names =
        [
            .. training.Select(r => (RecordName.Normalize(r.Subject, "subject", r.Origin), RecordName.Normalize(r.Id, "id", r.Origin))),
        ];
        var rows = Find(names, targets, source.Name);
        var others = Encode(unseen);
        if (others.Count < AuditSettings.FewestUnseen)
        {
            throw LegoNetException.BadInput(
                $"{unseen.Name}: has {Plural.Of(others.Count, "record")}, and at least {AuditSettings.FewestUnseen} are needed that the model never saw.");
        }

        return new AuditData(Set(training), names, rows, Set(others));

        List<EncodedRecord> Encode(IRecordSource records)
            => [.. RecordEncoder.Encode(records, encoder, threads, null, context.Progress, context.CancellationToken)];

        RecordSet Set(List<EncodedRecord> records) => RecordSet.Of(records, model.Spec.Labels, model.Spec.Dimension);
    }

    /// <summary>A record's name as it is shown.</summary>
    public string Name(int row) => Names[row].Subject == Names[row].Id ? Names[row].Id : $"{Names[row].Subject} {Names[row].Id}";

    private static HashSet<int> Find((string Subject, string Id)[] names, List<ForgetTarget> targets, string source)
    {
        var subjects = Enumerable.Range(0, names.Length).ToLookup(row => names[row].Subject, StringComparer.Ordinal);
        var found = new HashSet<int>();
        foreach (var target in targets)
        {
            int[] rows = [.. subjects[target.Subject].Where(row => target.Id is null || names[row].Id == target.Id)];
            if (rows.Length == 0)
            {
                var near = subjects.Contains(target.Subject)
                    ? $"ids of this subject are {NearNames.List(target.Id!, [.. subjects[target.Subject].Select(row => names[row].Id)])}"
                    : $"its subjects are {NearNames.List(target.Subject, [.. subjects.Select(s => s.Key)])}";
                throw LegoNetException.BadInput($"{target.Origin}: matches no record of {source}; {near}.");
            }

            found.UnionWith(rows);
        }

        return found;
    }
}
