namespace LegoNet.Lab.Reports;

/// <summary>What the measures are, and where they come from.</summary>
internal static class GlossarySection
{
    public static void Write(IReportPage page)
    {
        page.Section("glossary", "Measures");
        page.Table(new ReportTable(
            "What is measured, and where the measure comes from.",
            [new("Measure", IsText: true), new("What it says", IsText: true), new("Source", IsText: true)],
            [
                Row("Accuracy", "The share of records whose class the model says: of those that stay, of those that are forgotten, of test records "
                    + "that no model saw.", "–"),
                Row("Same bytes", "Whether the model after forgetting and the method's own training on the remaining records alone have the same "
                    + "digest.", "this project"),
                Row("KLoM", "KL divergence of margins, in nats: how far a record's margins ln p/(1 − p) are from those under retrained oracles, with a "
                    + "Gaussian for each side; "
                    + "the median and the 95th percentile over fixed points.", "EasyDUB, arXiv 2602.16400"),
                Row("Activation distance", "The mean Euclidean distance between the class probabilities of the model and its oracle, on records that "
                    + "stay.", "as in arXiv 2411.08443"),
                Row("Disagreement", "The share of records of which the model and its oracle say different classes.", "–"),
                Row("Relearning steps", "Steps of training on the forgotten records until the model is as sure of them as before. Far fewer than an "
                    + "oracle needs: something was left.", "–"),
                Row("U-LiRA", "Membership inference for one record at a time, by a likelihood ratio from shadow models that "
                    + "forgot.", "arXiv 2403.01218, after LiRA, arXiv 2112.03570"),
                Row("Most vulnerable records", "Those of which the attack tells most. Random records understate the risk.", "RULI, arXiv 2506.13009"),
                Row("True positives at 0.1 % and 1 %", "The share of records found, where that share of never-seen ones may be named wrongly. "
                    + "An area near 0.5 can hide a few records that are found for sure.", "arXiv 2112.03570"),
            ]));
    }

    private static ReportRow Row(string measure, string text, string source) => new(measure, [text, source]);
}
