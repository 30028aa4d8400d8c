using System.Text.Json;
using System.Text.Json.Nodes;
using LegoNet.Cli.Tests.Support;

namespace LegoNet.Cli.Tests;

/// <summary>pipelines/spec.schema.json, which editors check specs by, agrees with what the tool reads.</summary>
public sealed class SpecSchemaTests
{
    private static readonly JsonDocumentOptions s_specs = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    // Members that the tool refuses, each in place of a part of a good spec.
    public static TheoryData<string, string> Refused => new()
    {
        { "\"seed\": 3", "\"seed\": 3, \"sed\": 1" },
        { "\"seed\": 3", "\"seed\": -1" },
        { "\"multiclass\"", "\"clustering\"" },
        { "\"classes\": [\"red\", \"green\", \"blue\", \"grey\"],", "" },
        { "\"grey\"", "\"red\"" },
        { "\"type\": \"vectors\"", "\"type\": \"vecs\"" },
        { "\"path\": \"points.csv\", ", "" },
        { "\"path\": \"points.csv\"", "\"path\": \"points.csv\", \"colour\": \"x\"" },
        { "\"type\": \"vector\"", "\"type\": \"magic\"" },
        { "\"dimension\": 8", "\"dimension\": \"8\"" },
        { "\"active\": 3", "\"active\": 0" },
        { "\"keys\": \"gaussian\"", "\"keys\": \"private\"" },
        { "\"lambda\": 1000", "\"lambda\": \"big\"" },
    };

    [Theory]
    [MemberData(nameof(PipelineTests.Pipelines), MemberType = typeof(PipelineTests))]
    public void Schema_ReadyPipeline_IsAccepted(string name)
    {
        Assert.Null(Schema().Check(Parse(File.ReadAllText(Repository.Pipeline(name)))));
    }

    [Theory]
    [InlineData("multiclass")]
    [InlineData("binary")]
    [InlineData("multilabel")]
    [InlineData("regression")]
    public void Schema_SpecThatTheToolReads_IsAccepted(string task)
    {
        Assert.Null(Schema().Check(Parse(Points.Spec(task))));
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void Schema_SpecThatTheToolRefuses_IsRefused(string part, string replacement)
    {
        var good = Points.Spec();
        Assert.Contains(part, good, StringComparison.Ordinal);
        Assert.NotNull(Schema().Check(Parse(good.Replace(part, replacement, StringComparison.Ordinal))));
    }

    private static JsonSchema Schema()
    {
        var file = Repository.Pipeline("spec.schema.json");
        Assert.SkipUnless(File.Exists(file), "pipelines/spec.schema.json is missing.");
        return new JsonSchema(JsonNode.Parse(File.ReadAllText(file))!.AsObject());
    }

    private static JsonNode? Parse(string spec) => JsonNode.Parse(spec, documentOptions: s_specs);
}
