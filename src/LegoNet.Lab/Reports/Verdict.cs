using LegoNet.Lab.Attacks;
using LegoNet.Lab.Methods;

namespace LegoNet.Lab.Reports;

/// <summary>A method in one sentence, by rules.</summary>
/// <param name="Claim">How it begins: what the method is, and whether it holds.</param>
/// <param name="Findings">The rest of it; empty where there is nothing to say.</param>
/// <remarks>
/// In this order: (1) what it is: an oracle; exact, and whether its models were the same to the byte as models that never saw the records,
/// in every task and with every seed; approximate, which never means that anything is gone; as published, flagged since its keys encode
/// training records. (2) Its test accuracy after the first task, the mean over seeds, against the best oracle's: the same within 0.05 points.
/// (3) Its seconds a request in the first task, the median over seeds, against those of the best oracle. (4) What it keeps beside the model
/// in order to forget. (5) What the attack finds of "forgotten or never seen", by the rules of <see cref="AttackFinding"/>. (6) Tasks that
/// it could not do.
/// </remarks>
internal sealed record Verdict(string Claim, string Findings)
{
    private const double Same = 0.0005;

    public override string ToString() => Findings.Length == 0 ? $"{Claim}." : $"{Claim}; {Findings}.";

    public static Verdict Of(MethodView method, ComparisonView view)
    {
        List<string> parts = [];
        if (method.First is { } first)
        {
            parts.Add(Accuracy(method, first, view));
            parts.Add(Speed(method, first, view));
            parts.Add($"keeps {Figures.Bytes(first.Storage.Median)}");
        }

        if (AttackFinding.Of(method, AttackQuestion.Forgotten) is { } finding)
        {
            parts.Add(finding.Chance switch
            {
                Chance.Above => $"the attack tells forgotten records from never-seen ones ({finding.Words})",
                Chance.Unclear => $"the attack is perhaps better than chance ({finding.Words}), which happens by luck too",
                _ => $"the attack does no better than chance ({finding.Words})",
            });
        }

        var failed = method.Tasks.Select((t, i) => (Task: t, Name: view.Tasks[i])).Where(t => t.Task is { IsDone: false }).Select(t => t.Name).ToArray();
        if (failed.Length > 0)
        {
            parts.Add($"could not do {Figures.Listed(failed)}");
        }

        return new Verdict(ClaimOf(method), string.Join("; ", parts));
    }

    /// <summary>Test accuracy against the best oracle's, in words.</summary>
    public static string Against(double accuracy, double oracle) => Math.Abs(accuracy - oracle) < Same
        ? "as accurate as the best oracle"
        : $"{Figures.Points(accuracy - oracle)} {(accuracy < oracle ? "less" : "more")} accurate than the best oracle";

    /// <summary>How quick something is, against something else, in words.</summary>
    public static string Against(double seconds, double others, string other) => (others / seconds) switch
    {
        >= 1.05 and var factor when double.IsFinite(factor) => $"{Figures.Times(factor)} times as quick as {other}",
        <= 1 / 1.05 and var factor => $"{Figures.Times(1 / factor)} times as slow as {other}",
        _ => $"as quick as {other}",
    };

    private static string ClaimOf(MethodView method)
    {
        int done = method.Done.Count(), same = method.Done.Count(t => t.IsSame);
        return method.Kind switch
        {
            MethodKind.Oracle => "Oracle: trains anew on what remains",
            _ when done == 0 => $"{Title(method)}: has done no task here",
            MethodKind.Exact when same == done => $"Exact: the same to the byte as never having seen the records, in {Out(same, done)}, with every seed",
            MethodKind.Exact => $"Claims to be exact, and was the same to the byte as never having seen the records in {Out(same, done)} only: do not "
                + $"rely on it",
            MethodKind.AsPublished => "As published: its keys encode training records, forgotten ones among them, so it is not the same as never "
                + "having seen them",
            _ => $"Approximate: not the same as never having seen the records{(same == 0 ? "" : $", although its models happened to be in {Out(same, done)}")}",
        };
    }

    private static string Title(MethodView method) => char.ToUpperInvariant(KindWords.Of(method.Kind)[0]) + KindWords.Of(method.Kind)[1..];

    private static string Out(int some, int all) => some == all ? (all == 1 ? "the one task" : $"all {all} tasks") : $"{some} of {all} tasks";

    private static string Accuracy(MethodView method, TaskFigures first, ComparisonView view)
        => view.BestOracle is not { } best ? $"test accuracy {Figures.Percent(first.Test.Mean)}"
            : best == method ? $"the best oracle, with a test accuracy of {Figures.Percent(first.Test.Mean)}"
            : Against(first.Test.Mean, best.First!.Test.Mean) + $" ({Figures.Percent(first.Test.Mean)})";

    private static string Speed(MethodView method, TaskFigures first, ComparisonView view)
    {
        var seconds = $"{Figures.Seconds(first.Seconds.Median)} a request";
        return view.BestOracle is not { } best || best == method ? seconds
            : $"{seconds}, {Against(first.Seconds.Median, best.First!.Seconds.Median, "the best oracle")}";
    }
}
