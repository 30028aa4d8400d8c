using System.Text.RegularExpressions;
using LegoNet.Data;
using LegoNet.Demo;
using LegoNet.Encoders.Hashing;
using LegoNet.Pipelines;
using LegoNet.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace LegoNet.Tests;

/// <summary>What README.md, docs/ and pipelines/ say is so: snippets compile and run, links lead somewhere, specs load.</summary>
public partial class ReadmeTests
{
    [Fact]
    public void Pages_CSharpFences_StandInTheCompiledSnippets()
    {
        // What needs ML.NET is compiled in projects that are left out where ML.NET is missing; its text is compared everywhere.
        string[] compiled =
        [
            .. File.ReadLines(Path.Combine(Repository.Root, "tests", "LegoNet.Tests", "ReadmeSnippets.cs")),
            .. File.ReadLines(Path.Combine(Repository.Root, "tests", "LegoNet.MLNet.Tests", "ReadmeSnippets.cs")),
            .. Directory.GetFiles(Path.Combine(Repository.Root, "pipelines", "mlnet"), "*.cs").SelectMany(File.ReadLines),
        ];
        var fences = Pages().SelectMany(page => Fences(page).Select((lines, i) => (Place: $"{Path.GetRelativePath(Repository.Root, page)}, C# fence {i + 1}", Lines: lines))).ToArray();

        Assert.True(fences.Length >= 5, "README.md shows how to train, score, forget and host.");
        Assert.All(fences, fence => Assert.True(Stands(fence.Lines, compiled), $"{fence.Place}: is not in ReadmeSnippets.cs or pipelines/mlnet as it stands."));
    }

    [Fact]
    public void Readme_FirstScreen_HasTheTwoCommands()
    {
        var first = File.ReadLines(Path.Combine(Repository.Root, "README.md")).Take(12).ToArray();

        Assert.Contains("dotnet run --project src/LegoNet.Cli -c Release -- demo", first);
        Assert.Contains("dotnet test", first);
    }

    [Fact]
    public void Pages_RelativeLinks_LeadToFilesAndHeadings()
    {
        var links = 0;
        Assert.All(Pages(), page =>
        {
            foreach (var target in Link().Matches(File.ReadAllText(page)).Select(m => m.Groups[1].Value).Where(t => !t.Contains("://", StringComparison.Ordinal)))
            {
                links++;
                var parts = target.Split('#');
                var file = parts[0].Length == 0 ? page : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(page)!, parts[0]));
                Assert.True(File.Exists(file) || Directory.Exists(file), $"{page}: links to {target}, which is not there.");
                Assert.True(parts.Length == 1 || Anchors(file).Contains(parts[1]), $"{page}: links to {target}, which has no such heading.");
            }
        });
        Assert.True(links > 10, "The pages link to each other.");
    }

    [Fact]
    public void Pipelines_AllSpecs_Load()
    {
        GeneratedImages.Register();
        var specs = Directory.GetFiles(Path.Combine(Repository.Root, "pipelines"), "*.json").Where(f => !f.EndsWith(".schema.json", StringComparison.Ordinal)).ToArray();
        var table = File.ReadAllText(Path.Combine(Repository.Root, "pipelines", "README.md"));

        Assert.NotEmpty(specs);
        Assert.All(specs, file =>
        {
            var spec = PipelineSpec.Load(file);
            spec.OpenSource();
            spec.OpenTest();
            Assert.Contains($"legonet train pipelines/{Path.GetFileName(file)} ", table, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Snippets_OnTickets_TrainScoreForgetAndServe()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["tickets.csv"], "id,customer,label,text\n"
            + string.Concat(Enumerable.Range(0, 60).Select(i => $"{i},customer-{4705 + (i % 10)},{(i % 3 == 0 ? "praise" : "complaint")},{(i % 3 == 0 ? "works well thanks" : "broken again why")} {i}\n")));
        File.WriteAllText(folder["tickets.json"], """
            {
              "task": "binary",
              "classes": ["praise", "complaint"],
              "source": { "type": "text", "path": "tickets.csv", "label": "label", "subject": "customer", "id": "id" },
              "encoder": { "type": "hashing", "dimension": 64 },
              "routing": { "adapters": 4, "active": 2 },
              "adapter": { "trainer": "ridge", "lambda": 1000 },
            }
            """);
        var model = folder["model"];

        ReadmeSnippets.Train(folder["tickets.json"], model);
        ReadmeSnippets.Score(model, PipelineSpec.Load(folder["tickets.json"]).OpenSource());
        using (var opened = LegoNetModel.Open(model))
        {
            var report = ReadmeSnippets.Forget(opened, folder["receipt.json"]);
            Assert.True(report.IsExact);
            Assert.Equal(54, report.Records);
        }

        var services = new ServiceCollection();
        ReadmeSnippets.Host(services, model);
        services.AddSingleton<ReadmeSnippets.TicketClassifier>();
        using var provider = services.BuildServiceProvider();
        using var encoder = new HashingEncoder(new HashingOptions { Dimension = 64 });
        var code = new sbyte[64];
        encoder.Encode([new SourceRecord("s", "i", null, new TextInput("broken again why"), "test")], code);
        Assert.Equal("complaint", provider.GetRequiredService<ReadmeSnippets.TicketClassifier>().Classify(code));
    }

    private static IEnumerable<string> Pages()
        => new[] { "", "docs", "models", "pipelines", "pipelines/mlnet", "src/PackageSources" }
            .SelectMany(f => Directory.GetFiles(Path.Combine(Repository.Root, f), "*.md"));

    private static IEnumerable<string[]> Fences(string page)
    {
        List<string>? fence = null;
        foreach (var line in File.ReadLines(page))
        {
            if (fence is null)
            {
                fence = line == "```csharp" ? [] : null;
            }
            else if (line == "```")
            {
                yield return [.. fence];
                fence = null;
            }
            else
            {
                fence.Add(line);
            }
        }
    }

    /// <summary>True when the lines stand in the file one after the other, all moved to the right by the same number of blanks.</summary>
    private static bool Stands(string[] lines, string[] file)
        => Enumerable.Range(0, Math.Max(0, file.Length - lines.Length + 1)).Any(start =>
        {
            var indent = file[start].Length - file[start].TrimStart().Length;
            return lines.Select((line, i) => (line, i)).All(l => l.line.Length == 0 ? file[start + l.i].Length == 0 : file[start + l.i] == new string(' ', indent) + l.line);
        });

    // As GitHub makes them: lower case, blanks to hyphens, letters, digits and hyphens kept.
    private static HashSet<string> Anchors(string page)
        => [.. File.ReadLines(page).Where(l => l.StartsWith('#')).Select(l => new string([.. l.TrimStart('#').Trim().ToLowerInvariant().Replace(' ', '-').Where(c => char.IsLetterOrDigit(c) || c is '-' or '_')]))];

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}
