using System.Text.RegularExpressions;
using LegoNet.Cli.Tests.Support;

namespace LegoNet.Cli.Tests.Architecture;

/// <summary>docs/architecture.md and its drawing show the house as it is declared and compiled.</summary>
public sealed partial class ArchitecturePageTests
{
    private static readonly string[] s_page = File.ReadAllLines(Path.Combine(Repository.Root, "docs", "architecture.md"));

    [Fact]
    public void Page_Floors_AreTheDeclaredOnes()
    {
        var house = House.Assemblies.SelectMany(a => a.Floors.Select(f => (a.Assembly, f.Length == 0 ? "(global)" : $"`{f}`")));
        var page = new List<(string Assembly, string Floor)>();
        var heading = "";
        foreach (var line in s_page)
        {
            heading = line.StartsWith("### ", StringComparison.Ordinal) ? line[4..] : heading;
            if (FloorRow().Match(line) is { Success: true } row)
            {
                page.Add((heading, row.Groups[1].Value));
            }
        }

        Assert.Equal(house, page);
    }

    [Fact]
    public void Drawing_EveryFloor_IsThere()
    {
        var drawing = File.ReadAllText(Path.Combine(Repository.Root, "docs", "architecture.svg"));

        Assert.All(House.Assemblies, a => Assert.All(a.Floors, floor =>
        {
            var name = floor.Length == 0 ? "Program" : floor.StartsWith(a.Assembly + ".", StringComparison.Ordinal) ? floor[(a.Assembly.Length + 1)..] : floor;
            Assert.Contains($">{name}<", drawing, StringComparison.Ordinal);
        }));
    }

    [Fact]
    public void Page_NamesInTheWalks_AreThoseOfTheCode()
    {
        Assert.SkipUnless(MLNetBuild.Found, "ML.NET is not restorable here: LegoNet.MLNet, which one of the walks is through, is not built.");
        var compiled = House.Assemblies.SelectMany(a => CompiledAssembly.Read(Path.Combine(AppContext.BaseDirectory, a.Assembly + ".dll")).Names).ToHashSet();
        var walks = s_page
            .SkipWhile(l => !l.StartsWith("## The way of", StringComparison.Ordinal))
            .SelectMany(l => CodeName().Matches(l))
            .Select(m => m.Groups[1].Value)
            .ToArray();

        Assert.True(walks.Length > 50, "The walks name the types that they pass.");
        Assert.Empty(walks.Where(w => !w.Split('.').All(compiled.Contains)).Distinct());
    }

    [GeneratedRegex(@"^\| (`[A-Z][\w.]+`|\(global\)) \|")]
    private static partial Regex FloorRow();

    [GeneratedRegex(@"`([A-Z]\w+(?:\.[A-Z]\w+)*)`")]
    private static partial Regex CodeName();
}
