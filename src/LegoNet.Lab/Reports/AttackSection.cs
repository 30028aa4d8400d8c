using LegoNet.Lab.Attacks;

namespace LegoNet.Lab.Reports;

/// <summary>What membership inference finds, and what exactness does not prevent.</summary>
internal static class AttackSection
{
    private static readonly AttackQuestion[] s_questions = [AttackQuestion.Forgotten, AttackQuestion.Retained, AttackQuestion.Difference];

    public static void Write(IReportPage page, ComparisonView view)
    {
        page.Section("attacks", "What an attacker can still tell");
        if (view.Result.Attacks.Count == 0)
        {
            page.Paragraph(
                "No shadow models were trained here, so no method was attacked. An exact method needs no attack to show that it forgot: its models are "
                    + "compared "
                + "byte by byte above. Of an approximate one nothing is known without it.");
            return;
        }

        page.Paragraph(
            "The attack looks at one record at a time (U-LiRA). It knows how sure models are of that record that had it, that forgot it, and that "
                + "never saw it, "
            + "from shadow models of the same method, and asks which of them the attacked model is like. Area: 0.5 is a coin toss, 1 is certainty. "
            + "True positives: the share of records that it names rightly, if it may be wrong about 0.1 % or 1 % of never-seen ones. In brackets: 95 % "
            + "intervals.");
        page.List(Setups(view));
        foreach (var question in s_questions)
        {
            WriteQuestion(page, view, question);
        }
    }

    private static IEnumerable<string> Setups(ComparisonView view)
        => view.Methods.Where(m => m.Attack is not null)
            .GroupBy(m => (m.Attack!.ShadowModels, m.Attack.Records, m.Attack.Candidates))
            .OrderByDescending(g => g.Count())
            .Select((g, i) => $"{(i == 0 ? "Where nothing else is said" : Figures.Listed([.. g.Select(m => m.Quoted)]))}: "
                + $"{Figures.Counted(g.Key.ShadowModels, "shadow model")} on draws from {Figures.Counted(g.Key.Records, "record")}, "
                + $"{Figures.Counted(g.Key.Candidates, "candidate")}.");

    private static void WriteQuestion(IReportPage page, ComparisonView view, AttackQuestion question)
    {
        MethodView[] attacked = [.. view.Methods.Where(m => m.Attack is { } a && (a.Failure is not null || a.Curves.Any(c => c.Question == question)))];
        if (attacked.All(m => m.Attack!.Curves.All(c => c.Question != question)) && question != AttackQuestion.Forgotten)
        {
            return;
        }

        var (title, text) = Words(question);
        page.Subsection(title);
        page.Paragraph(text);
        page.Table(new ReportTable(
            $"{title} All methods that were attacked.",
            [
                new("Method", IsText: true), new("Records", IsText: true), new("Area"), new("Against chance", IsText: true),
                new("Found at 0.1 % false alarms"), new("Found at 1 % false alarms"), new("Trials"),
            ],
            [.. attacked.SelectMany(m => Rows(m, question))]));
        MethodView[] drawn = [.. attacked.Where(m => Curves(m, question).Length > 0)];
        if (drawn.Length > 0)
        {
            var kinds = drawn.SelectMany(m => Curves(m, question)).Select(c => SafeText.Of(c.Records)).Distinct().ToArray();
            string[] strokes = ["solid", "dashed", "dotted"];
            page.SmallCharts(
                "Curves of each method",
                $"Records found against false alarms, both on log axes: "
                    + $"{string.Join(", ", kinds.Select((k, i) => $"{k} records {strokes[i % strokes.Length]}"))}; "
                    + "the thin diagonal is a coin toss.",
                [.. drawn.Select(m => CurveChart.Draw(m, Curves(m, question)))],
                isOpen: question == AttackQuestion.Forgotten);
        }
    }

    private static AttackCurve[] Curves(MethodView method, AttackQuestion question) => [.. method.Attack!.Curves.Where(c => c.Question == question)];

    private static IEnumerable<ReportRow> Rows(MethodView method, AttackQuestion question)
        => method.Attack!.Failure is { } failure
            ? [ReportRow.Of(method, SafeText.Of(failure))]
            : Curves(method, question).Select(c => ReportRow.Of(
                method,
                SafeText.Of(c.Records),
                $"{Figures.Area(c.Area)} [{Figures.Area(c.AreaLow)}, {Figures.Area(c.AreaHigh)}]",
                AttackFinding.Of(c) switch { Chance.Above => "above", Chance.Unclear => "perhaps above", _ => "no better" },
                At(c, 0.001),
                At(c, 0.01),
                $"{Figures.Count(c.Positives)} and {Figures.Count(c.Negatives)}"));

    private static string At(AttackCurve curve, double falsePositives)
        => curve.At.FirstOrDefault(a => Math.Abs(a.FalsePositives - falsePositives) < 1e-9) is { } at
            ? Figures.Percent(at.TruePositives, at.Low, at.High) : Figures.None;

    private static (string Title, string Text) Words(AttackQuestion question) => question switch
    {
        AttackQuestion.Forgotten => (
            "Forgotten, or never seen?",
            "This is what forgetting is for. Where it is exact, the model is the one that never saw the record, so the answer is a coin toss by construction, "
            + "whatever the attack. Where it is approximate, the attack may find what is left; where it does not, a better one may."),
        AttackQuestion.Retained => (
            "In the model still, or never seen?",
            "The positive control: an attack that could not tell these would prove nothing above. It is also a risk that exact forgetting does not take away: "
            + "records that remain stay in the model, and what can be told of them can be told after any request."),
        _ => (
            "With the models before and after at hand: forgotten, or never seen?",
            "Exact forgetting does not prevent this, and no way of forgetting does. Who holds the model from before and the one from after can compare "
                + "them, and "
            + "what changed points at what was forgotten. So old models, and their answers, must go when a record does, or must never have been given out."),
    };
}
