using LegoNet.Lab.Attacks;
using LegoNet.Lab.Methods;

namespace LegoNet.Lab.Reports;

/// <summary>What a reader with two minutes takes along.</summary>
internal static class SummarySection
{
    public static void Write(IReportPage page, ComparisonView view)
    {
        page.Section("summary", "What this says");
        if (view.Methods.All(m => m.First is null))
        {
            page.Paragraph("No method has done the first task, so there is nothing to compare; the tasks below say why.");
            return;
        }

        IEnumerable<string>[] parts = [Oracle(view), Exact(view), Exactness(view), Approximate(view), Attack(view), Failures(view)];
        page.List(parts.Select(p => string.Join(' ', p)).Where(p => p.Length > 0));
    }

    private static IEnumerable<string> Oracle(ComparisonView view)
    {
        var oracle = view.BestOracle;
        if (oracle?.First is { } best)
        {
            yield return $"Forgetting by retraining costs {Figures.Seconds(best.Seconds.Median)} a request with the most accurate oracle, {oracle.Quoted}, "
                + $"which is right about {Figures.Percent(best.Test.Mean)} of the test records afterwards. Task: {view.Tasks[0]}.";
        }
    }

    private static IEnumerable<string> Exact(ComparisonView view)
    {
        MethodView[] exact = [.. view.OfKind(MethodKind.Exact).Where(m => m.First is { IsSame: true })];
        if (exact.MinBy(m => m.First!.Seconds.Median) is { } quickest)
        {
            yield return $"The quickest exact method, {quickest.Quoted}, takes "
                + $"{Figures.Seconds(quickest.First!.Seconds.Median)}{AgainstOracle(quickest, view)}.";
            var finest = exact.MaxBy(m => m.First!.Test.Mean)!;
            if (finest != quickest)
            {
                yield return $"The most accurate exact one, {finest.Quoted}, takes "
                    + $"{Figures.Seconds(finest.First!.Seconds.Median)}{AgainstOracle(finest, view)}.";
            }
        }
    }

    private static string AgainstOracle(MethodView method, ComparisonView view)
        => view.BestOracle?.First is { } best
            ? $", {Verdict.Against(method.First!.Seconds.Median, best.Seconds.Median, "retraining")}, and is "
                + $"{Verdict.Against(method.First!.Test.Mean, best.Test.Mean)}"
            : $", with a test accuracy of {Figures.Percent(method.First!.Test.Mean)}";

    private static IEnumerable<string> Exactness(ComparisonView view)
    {
        MethodView[] exact = [.. view.OfKind(MethodKind.Exact).Where(m => m.Done.Any())];
        string[] broken = [.. exact.Where(m => m.Done.Any(t => !t.IsSame)).Select(m => m.Quoted)];
        if (broken.Length > 0)
        {
            yield return $"Alarm: {Figures.Listed(broken)} should be exact and was not the same to the byte as its own training on the remaining records.";
        }
        else if (exact.Length > 0)
        {
            yield return $"What the {Figures.Counted(exact.Length, "exact method")} left was the same to the byte as training on the remaining records alone, "
                + "in every task and with every seed.";
        }

        string[] published = [.. view.OfKind(MethodKind.AsPublished).Where(m => m.Done.Any()).Select(m => m.Quoted)];
        if (published.Length > 0)
        {
            yield return $"{Figures.Listed(published)} is not exact: its keys encode training records, and stay.";
        }
    }

    private static IEnumerable<string> Approximate(ComparisonView view)
    {
        MethodView[] approximate = [.. view.OfKind(MethodKind.Approximate).Where(m => m.First is not null)];
        if (approximate.Length > 0)
        {
            var (quick, finest) = (approximate.MinBy(m => m.First!.Seconds.Median)!, approximate.MaxBy(m => m.First!.Test.Mean)!);
            yield return $"The {Figures.Counted(approximate.Length, "approximate method")} leave another model than one that never saw the records. "
                + $"The quickest, {quick.Quoted}, takes {Figures.Seconds(quick.First!.Seconds.Median)} and is right about "
                + $"{Figures.Percent(quick.First.Test.Mean)} "
                + $"of the test records afterwards; the most accurate, {finest.Quoted}, about {Figures.Percent(finest.First!.Test.Mean)}.";
        }
    }

    private static IEnumerable<string> Attack(ComparisonView view)
    {
        if (view.Result.Attacks.Count == 0)
        {
            yield return "No method was attacked here, so this report says nothing about what an attacker can still tell.";
            yield break;
        }

        var found = view.Methods.Select(m => (Method: m, Finding: AttackFinding.Of(m, AttackQuestion.Forgotten))).Where(f => f.Finding is not null).ToLookup(
            f => (f.Method.Kind == MethodKind.Approximate, f.Finding!.Chance), f => f.Method.Quoted);
        string[] seen = [.. found[(true, Chance.Above)]], hidden = [.. found[(true, Chance.NoBetter)], .. found[(true, Chance.Unclear)]];
        if (seen.Length > 0)
        {
            yield return $"The attack sees through {seen.Length} of {seen.Length + hidden.Length} approximate methods: it tells the records that they "
                + $"forgot from "
                + $"records that they never saw ({Figures.Listed(seen)}).";
        }
        else if (hidden.Length > 0)
        {
            yield return "The attack surely sees through no approximate method.";
        }

        if (seen.Length > 0 && hidden.Length > 0)
        {
            yield return $"Against {Figures.Listed(hidden)} what it finds can be chance, which is no proof that nothing is left.";
        }

        string[] caught = [.. found[(false, Chance.Above)]];
        yield return caught.Length == 0
            ? "What it finds of every other method can be chance."
            : $"It is above chance against {Figures.Listed(caught)} as well.";
    }

    private static IEnumerable<string> Failures(ComparisonView view)
    {
        string[] failed = [.. view.Methods.Where(m => m.Tasks.Any(t => t is { IsDone: false })).Select(m => m.Quoted)];
        if (failed.Length > 0)
        {
            yield return $"{Figures.Listed(failed)} could not do every task.";
        }
    }
}
