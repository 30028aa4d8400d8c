namespace LegoNet.Lab.Reports;

/// <summary>A sentence for each method, and the rules that it was made by.</summary>
internal static class VerdictSection
{
    public static void Write(IReportPage page, ComparisonView view)
    {
        page.Section("verdicts", "A verdict on each method");
        page.Verdicts(view.Methods.Select(m => (m, Verdict.Of(m, view))));
        page.Subsection("How to read this");
        page.List(
        [
            "Oracle: trains anew on what remains. It has never seen the records, and is what the others are measured by.",
            "Exact: what is left is the same, to the byte, as the method's own training on the remaining records alone; that is compared here, not believed.",
            "Approximate: the model is changed so that it behaves more like one that never saw the records. No such method is ever a proof that they are gone.",
            "As published: does to the letter what its paper says, where that falls short of exactness. Its keys encode training records.",
            "Accuracy and seconds in a verdict are those of the first task: accuracy is the mean over seeds, seconds the median, and both are held against the "
                + "oracle with the best test accuracy there. Less than 0.05 points apart counts as equal.",
            "Seconds a request are those of the machine and threads named under Settings. For LegoNet they include a durable commit to disk and a signed "
                + "ledger entry; the other methods forget in memory. What it keeps is what it needs beside "
                + "the model in order to forget, retained records included.",
            "The attack is judged by 95 % intervals of its area under the curve and of its true positives at 0.1 % and 1 % false alarms. Many intervals are "
                + "looked at, and one in forty lies above chance by luck: above chance is said only where it still does with its lower arm doubled, "
                + "and perhaps where it does not.",
            "A figure with ± is the mean over seeds and the standard deviation of one seed; whiskers reach from the least seed to the greatest.",
        ]);
    }
}
