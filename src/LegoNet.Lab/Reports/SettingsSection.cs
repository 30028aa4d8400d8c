namespace LegoNet.Lab.Reports;

/// <summary>Enough to do it again.</summary>
internal static class SettingsSection
{
    private const int MostClasses = 20;

    public static void Write(IReportPage page, ComparisonView view)
    {
        var facts = view.Result.Facts;
        string[] classes = [.. facts.Classes.Take(MostClasses).Select(SafeText.Of)];
        var more = facts.Classes.Count - classes.Length;
        page.Section("settings", "Settings");
        if (facts.Notes.Count > 0)
        {
            page.List(facts.Notes.Select(SafeText.Of));
        }

        page.Table(new ReportTable(
            "What was compared on, and how.",
            [new("Setting", IsText: true), new("Value", IsText: true)],
            [
                new("Data", [view.Data]),
                new("Command", [SafeText.Of(facts.Command)]),
                new("LegoNet", [SafeText.Of(facts.Version)]),
                new("Date", [SafeText.Of(facts.Date)]),
                new("Machine", [$"{Figures.Counted(facts.Processors, "processor")}, {Figures.Counted(facts.Threads, "thread")} for a method that is timed"]),
                new("Records", [$"{Figures.Count(facts.Records)} to train on, of {Figures.Counted(facts.Subjects, "subject")}; "
                    + $"{Figures.Count(facts.TestRecords)} to test"]),
                new("Length of a code", [Figures.Count(facts.Dimension)]),
                new("Classes", [$"{Figures.Count(facts.Classes.Count)}: "
                    + $"{string.Join(", ", classes)}{(more > 0 ? $" and {Figures.Count(more)} more, all in the JSON" : "")}"]),
                new("Seeds of the methods", [string.Join(", ", facts.Seeds)]),
                new("Seed of the tasks", [$"{facts.TaskSeed}"]),
                new("Points of KLoM", [Figures.Count(facts.Points)]),
                new("All of it took", [Figures.Seconds(facts.Seconds)]),
            ]));
        page.Table(new ReportTable(
            "Settings of the methods.",
            [new("Method", IsText: true), new("Settings", IsText: true)],
            [.. view.Methods.Select(m => ReportRow.Of(m, m.Settings))]));
    }
}
