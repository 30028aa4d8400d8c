using LegoNet.Lab.Comparisons;

namespace LegoNet.Lab.Tests.Reports;

/// <summary>A result whose every name is hostile.</summary>
internal static class HostileComparison
{
    public const string Script = "<script>alert('x')</script>";
    public const string Quotes = "\" onmouseover=\"alert(1)' `|` **b** [a](javascript:x)";
    public const string RightToLeft = "قائمة \u202Etxt.exe";

    public static string Long { get; } = new('w', 400);

    public static ComparisonResult Create()
    {
        var sample = SampleComparison.Create(1);
        string[] names = [Script, Quotes, RightToLeft, Long, "two\nlines\0"];
        string Name(int i) => names[i % names.Length] + (i < names.Length ? "" : $" {i}");
        var renamed = sample.Methods.Select((m, i) => (m.Name, New: Name(i))).ToDictionary(m => m.Name, m => m.New);
        return new ComparisonResult(
            sample.Facts with
            {
                Data = Script + Long,
                Command = Quotes + Long,
                Version = Script,
                Date = Quotes,
                Classes = [.. Enumerable.Range(0, 5_000).Select(Name)],
                Notes = [Script, RightToLeft, Long],
            },
            [.. sample.Methods.Select((m, i) => m with { Name = Name(i), Settings = Long + Script })],
            [
                .. sample.Tasks.Select((t, i) => t with
                {
                    Name = "the class " + Name(i),
                    Methods = [.. t.Methods.Select(m => m with { Method = renamed[m.Method], Failure = m.Failure is null ? null : Script + Long })],
                }),
            ],
            [
                .. sample.Attacks.Select(a => a with
                {
                    Method = renamed[a.Method],
                    Failure = a.Failure is null ? null : Quotes,
                    Curves = [.. a.Curves.Select(c => c with { Records = Script + c.Records })],
                }),
            ]);
    }
}
