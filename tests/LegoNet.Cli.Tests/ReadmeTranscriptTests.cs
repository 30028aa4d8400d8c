using System.Text.RegularExpressions;
using LegoNet.Cli.Tests.Support;

namespace LegoNet.Cli.Tests;

/// <summary>README.md's "Your own CSV": the commands work as they stand there, and print what stands there.</summary>
public sealed partial class ReadmeTranscriptTests
{
    private const string Prompt = "$ legonet ";

    [Fact]
    public void OwnCsv_CommandsOfTheReadme_PrintWhatItShows()
    {
        using var folder = new TempFolder();
        var commands = Transcript();
        Assert.Equal(["init", "train", "forget", "verify"], commands.Select(c => c.Command.Split(' ')[0]));
        foreach (var (command, shown) in commands)
        {
            string[] args = [.. command.Split(' ').Select(a => a.StartsWith("/tmp/", StringComparison.Ordinal) ? folder[a[5..]] : a)];
            var run = Legonet.RunChild(new ChildOptions { WorkingDirectory = Repository.Root }, args).Succeeds();

            Assert.Equal(Masked(shown), Masked(run.Output.Replace(folder.Path + Path.DirectorySeparatorChar, "/tmp/", StringComparison.Ordinal)));
        }
    }

    private static List<(string Command, string Shown)> Transcript()
    {
        var lines = File.ReadLines(Path.Combine(Repository.Root, "README.md"))
            .SkipWhile(l => l != "## Your own CSV")
            .SkipWhile(l => l != "```text").Skip(1)
            .TakeWhile(l => l != "```");
        var commands = new List<(string, string)>();
        foreach (var line in lines)
        {
            if (line.StartsWith(Prompt, StringComparison.Ordinal))
            {
                commands.Add((line[Prompt.Length..], ""));
            }
            else
            {
                commands[^1] = (commands[^1].Item1, commands[^1].Item2 + line + "\n");
            }
        }

        return commands;
    }

    // What differs from run to run: times, digests under keys drawn anew, and the files into which keyed tags part the records.
    private static string Masked(string text) => Changing().Replace(text.ReplaceLineEndings("\n").Trim(), "…");

    [GeneratedRegex(@"\b[\d.]+ s\b|\b[0-9a-f]{16}…|\b[0-9a-f]{64}\b|\d+(?= files)")]
    private static partial Regex Changing();
}
