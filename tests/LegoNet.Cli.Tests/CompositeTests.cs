using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LegoNet.Cli.Tests.Support;
using LegoNet.Data.Sources;
using LegoNet.Encoders;
using LegoNet.Pipelines;
using Microsoft.ML.OnnxRuntime;

namespace LegoNet.Cli.Tests;

/// <summary>Models that learn from texts and columns, by the example of docs/specs.md, through the whole tool.</summary>
public sealed class CompositeTests
{
    private const int Records = 240;

    [Fact]
    public void EveryCommand_OnTextAndColumns_Works()
    {
        using var folder = new TempFolder();
        folder.Write("tickets.csv", Tickets(Records, 1));
        var (spec, model, test, cache) = (folder.Write("spec.json", Example()), folder["model"], folder.Write("test.csv", Tickets(90, 2)), folder["cache"]);
        Legonet.Run("train", spec, "--out", model, "--cache", cache, "--json").Succeeds();
        Legonet.Run("train", spec, "--out", folder["plain"], "--key", model + ".key").Succeeds();
        Tree.AssertSameModel(folder["plain"], model);
        var evaluated = Legonet.Run("evaluate", model, "--data", test, "--json").Succeeds().Json;
        Assert.InRange((double)evaluated["accuracy"]!, 0.75, 1.0); // Texts alone can tell two of three, columns alone half.
        Legonet.Run("verify", model, "--data", $"{spec}#source").Succeeds();
        Legonet.Run("encode", spec, "--out", folder["codes.safetensors"]).Succeeds();

        Legonet.Run("add", model, "--data", test, "--cache", cache).Succeeds();
        Legonet.Run("forget", model, "--subject", "c3").Succeeds();
        folder.Write("rest.csv", string.Concat((Tickets(Records, 1) + string.Join('\n', Tickets(90, 2).Split('\n')[1..]))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.Contains(",c3,", StringComparison.Ordinal)).Select(line => line + "\n")));
        var rest = folder.Write("rest.json", Example().Replace("tickets.csv", "rest.csv", StringComparison.Ordinal));
        Legonet.Run("train", rest, "--out", folder["never"], "--key", model + ".key").Succeeds();
        Tree.AssertSameModel(folder["never"], model);
    }

    [Fact]
    public void Export_OfTextAndColumns_AnswersFromCodesAsScoreDoes()
    {
        using var folder = new TempFolder();
        folder.Write("tickets.csv", Tickets(Records, 1));
        var path = folder["model"];
        Legonet.Run("train", folder.Write("spec.json", Example()), "--out", path).Succeeds();
        Assert.Equal("code", (string)Legonet.Run("export", path, "--out", folder["model.onnx"], "--json").Succeeds().Json["input"]!);
        var refused = Legonet.Refuses(3, "export", path, "--out", folder["no.onnx"], "--with-encoder");
        Assert.Contains("its encoder is built in", refused, StringComparison.Ordinal);

        Legonet.Run("score", path, "--data", folder["tickets.csv"], "--out", folder["scores.csv"]).Succeeds();
        string[] native = [.. File.ReadLines(folder["scores.csv"]).Skip(1).Select(line => line.Split(',')[2])];
        using var model = LegoNetModel.Open(path);
        using var setup = EncoderRegistry.Open(model);
        var encoded = RecordEncoder.Encode(
            SourcePath.Infer(folder["tickets.csv"], setup.InputKind), setup.Encoder, 1, cancellationToken: TestContext.Current.CancellationToken);
        sbyte[] codes = [.. encoded.SelectMany(r => r.Code)];
        using var session = new InferenceSession(folder["model.onnx"]);
        using var input = OrtValue.CreateTensorValueFromMemory(codes, [Records, model.Spec.Dimension]);
        using var run = new RunOptions();
        using var outputs = session.Run(run, ["code"], [input], ["PredictedLabel"]);
        Assert.Equal(native, outputs[0].GetStringTensorAsArray());
    }

    [Fact]
    public void Train_ColumnOfAPartIsMissing_ListsTheColumns()
    {
        using var folder = new TempFolder();
        folder.Write("tickets.csv", Tickets(20, 1));
        var spec = folder.Write("spec.json", Example().Replace("\"body\"", "\"Body\"", StringComparison.Ordinal));
        Assert.Contains(
            "the source has no column \"Body\", which the encoder declares; beside label, subject and id it has body, title, plan, seats, ",
            Legonet.Refuses(3, "train", spec, "--out", folder["model"]),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"hashing\", \"columns\": [\"title\", \"body\"]", "\"hashing\"")]
    [InlineData("\"hashing\", \"columns\": [\"title\", \"body\"]", "\"hashing\", \"columns\": []")]
    [InlineData("\"hashing\", \"columns\": [\"title\", \"body\"]", "\"hashing\", \"columns\": [\"title\", \"title\"]")]
    [InlineData("\"hashing\", \"columns\": [\"title\", \"body\"]", "\"vector\", \"min\": 0, \"max\": 1")]
    [InlineData("\"dimension\": 8192", "\"dimension\": 8192, \"colour\": 1")]
    [InlineData("\"parts\"", "\"part\"")]
    public void Schema_CompositeThatTheToolRefuses_IsRefused(string part, string replacement)
    {
        using var folder = new TempFolder();
        folder.Write("tickets.csv", Tickets(20, 1));
        var schema = new JsonSchema(JsonNode.Parse(File.ReadAllText(Repository.Pipeline("spec.schema.json")))!.AsObject());
        Assert.Null(schema.Check(JsonNode.Parse(Example())));
        var bad = Example().Replace(part, replacement, StringComparison.Ordinal);
        Assert.NotEqual(Example(), bad);
        Assert.NotNull(schema.Check(JsonNode.Parse(bad)));
        Legonet.Refuses(3, "train", folder.Write("spec.json", bad), "--out", folder["model"]);
    }

    private static string Example()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "specs.md"));
        return Regex.Matches(page, "```json\n(.*?)```", RegexOptions.Singleline).Select(m => m.Groups[1].Value)
            .Single(json => json.Contains("\"composite\"", StringComparison.Ordinal));
    }

    // The priority takes both: a word of the body, and the plan.
    private static string Tickets(int count, int seed)
    {
        var random = new Random(seed);
        string[] plans = ["free", "team", "business"];
        string[] words = ["invoice", "screen", "login", "report", "export", "the", "a", "my", "does", "not"];
        return "ticket,customer,title,body,plan,seats,priority,label,subject,id\n" + string.Concat(Enumerable.Range(0, count).Select(i =>
        {
            var (urgent, plan, seats) = (random.Next(2), random.Next(3), random.Next(1, 200));
            var priority = urgent + plan switch { 2 => 1, _ => 0 };
            var body = string.Join(' ', Enumerable.Range(0, 6).Select(_ => words[random.Next(words.Length)]).Append(urgent == 1 ? "urgently" : "sometime"));
            var (id, customer, label) = ($"t{seed}-{i}", $"c{random.Next(20)}", new[] { "low", "normal", "high" }[priority]);
            return $"{id},{customer},{words[random.Next(5)]},\"{body}, thanks\",{plans[plan]},{(i % 9 == 0 ? "" : seats)},{label},{label},{customer},{id}\n";
        }));
    }
}
