using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace LegoNet.Cli.Tests.Support;

/// <summary>What one run of the tool, or of another program, left: exit code, standard output, standard error.</summary>
internal sealed partial record ToolRun(int ExitCode, string Output, string Error, string Program = "legonet")
{
    /// <summary>Standard output as the one JSON object that --json promises; anything before or after it fails.</summary>
    public JsonObject Json => JsonNode.Parse(Output)!.AsObject();

    /// <summary>Asserts success.</summary>
    public ToolRun Succeeds()
    {
        Assert.True(ExitCode == 0, $"exit code {ExitCode}\n{Output}\n{Error}");
        return this;
    }

    /// <summary>Asserts a failure of a run with --json: the exit code, one JSON object, and the same one sentence on standard error.</summary>
    /// <returns>The sentence.</returns>
    public string Fails(int exitCode)
    {
        Assert.True(ExitCode == exitCode, $"exit code {ExitCode} where {exitCode} was expected\n{Output}\n{Error}");
        var message = (string)Json["error"]!;
        Assert.Equal(exitCode, (int)Json["exitCode"]!);
        Assert.Contains($"{Program}: {message}", Error.Split(Environment.NewLine));
        Assert.True(Sentence().IsMatch(message) && !SecondSentence().IsMatch(message), $"not one sentence: {message}");
        return message;
    }

    [GeneratedRegex(@"\A[^\r\n]+\.\z")]
    private static partial Regex Sentence();

    [GeneratedRegex(@"\.\)? +[A-Z]")]
    private static partial Regex SecondSentence();
}
