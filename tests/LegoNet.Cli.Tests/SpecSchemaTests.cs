using System.Text.Json;
using System.Text.Json.Nodes;
using LegoNet.Cli.Tests.Support;
using LegoNet.Pipelines;
using LegoNet.Specs;

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
        { "\"seed\": 3", "\"seed\": 3, \"ensemble\": \"mean\"" },
    };

    // "adapter" objects that the tool reads, and the task.
    public static TheoryData<string, string> Adapters => new()
    {
        { """{ "trainer": "auto" }""", "multiclass" },
        { """{ "trainer": "auto" }""", "regression" },
        { """{ "trainer": "auto", "folds": 5, "ridge": [1, 0.1, 0.01], "softmax": [0.1] }""", "binary" },
        { """{ "trainer": "auto", "ridge": [], "softmax": [1e-9, 1e3] }""", "multilabel" },
        { """{ "trainer": "auto", "ridge": [0.5] }""", "regression" },
        { """{ "trainer": "ridge", "lambda": "auto" }""", "multiclass" },
        { """{ "trainer": "ridge", "lambda": "auto", "folds": 3, "ridge": [1, 0.1] }""", "regression" },
        { """{ "trainer": "softmax", "lambda": 0.01 }""", "binary" },
    };

    // And those that neither reads, with what the tool says is wrong.
    public static TheoryData<string, string, string> RefusedAdapters => new()
    {
        { """{ "trainer": "auto", "lambda": 1 }""", "multiclass", "adapter.lambda is not a known member here" },
        { """{ "trainer": "auto", "folds": 1 }""", "multiclass", "adapter.folds must be a whole number from 2 to 16" },
        { """{ "trainer": "auto", "folds": 2.5 }""", "multiclass", "adapter.folds must be a whole number from 2 to 16" },
        { """{ "trainer": "auto", "ridge": 1 }""", "multiclass", "adapter.ridge must be an array of numbers" },
        { """{ "trainer": "auto", "softmax": [0] }""", "multiclass", "adapter.softmax must be at most 32 numbers from 1E-09 to 1000" },
        { """{ "trainer": "auto", "ridge": [2000] }""", "regression", "adapter.ridge must be at most 32 numbers from 1E-09 to 1000" },
        { """{ "trainer": "auto", "ridge": [], "softmax": [] }""", "binary", "adapter needs a candidate: a λ of \"ridge\" or of \"softmax\"" },
        { """{ "trainer": "auto", "ridge": [] }""", "regression", "adapter needs a candidate: a λ of \"ridge\"." },
        { """{ "trainer": "auto", "softmax": [1] }""", "regression", "adapter.softmax is for classes" },
        { """{ "trainer": "ridge" }""", "multiclass", "adapter.lambda is missing" },
        { """{ "trainer": "ridge", "lambda": "best" }""", "multiclass", "adapter.lambda must be a number, or \"auto\"" },
        { """{ "trainer": "ridge", "lambda": 0 }""", "multiclass", "adapter.lambda must be a number from 1 to 1000000000000000" },
        { """{ "trainer": "ridge", "lambda": 5, "folds": 2 }""", "multiclass", "adapter.folds is not a known member here" },
        { """{ "trainer": "ridge", "lambda": "auto", "ridge": [] }""", "multiclass", "adapter needs a candidate: a λ of \"ridge\"." },
        { """{ "trainer": "ridge", "lambda": "auto", "softmax": [1] }""", "multiclass", "adapter.softmax is not a known member here" },
        { """{ "trainer": "softmax" }""", "multiclass", "adapter.lambda is missing" },
        { """{ "trainer": "softmax", "lambda": "auto" }""", "multiclass", "adapters that choose λ for themselves have the trainer \"auto\"" },
        { """{ "trainer": "softmax", "lambda": 5000 }""", "multiclass", "adapter.lambda must be a number from 1E-09 to 1000" },
        { """{ "trainer": "softmax", "lambda": 1 }""", "regression", "names \"softmax\", which does not do regression" },
        { """{ "trainer": "Auto" }""", "multiclass", "names \"Auto\", which is not known here (built in: auto, ridge, softmax)" },
        { """{ "trainer": 5 }""", "multiclass", "adapter.trainer must be a string" },
        { """{ }""", "multiclass", "adapter.trainer is missing" },
        { "\"auto\"", "multiclass", "adapter must be a JSON object" },
    };

    // "adapter" objects that the tool reads where it has ML.NET, and the task.
    public static TheoryData<string, string> MLNetAdapters => new()
    {
        { """{ "trainer": "mlnet:lbfgs" }""", "multiclass" },
        {
            """{ "trainer": "mlnet:lbfgs", "l1Regularization": 0, "l2Regularization": 2.5, "optimizationTolerance": 1e-5,"""
                + """ "historySize": 10, "maximumNumberOfIterations": 50, "enforceNonNegativity": true }""",
            "multilabel"
        },
        {
            """{ "trainer": "mlnet:sdca", "l1Regularization": 0.1, "l2Regularization": 1e-3, "convergenceTolerance": 0.1,"""
                + """ "biasLearningRate": 0.5, "maximumNumberOfIterations": 5, "shuffle": false }""",
            "regression"
        },
        {
            """{ "trainer": "mlnet:averagedperceptron", "learningRate": 0.5, "decreaseLearningRate": true,"""
                + """ "l2Regularization": 0.01, "numberOfIterations": 2, "shuffle": false }""",
            "binary"
        },
        {
            """{ "trainer": "mlnet:fasttree", "numberOfTrees": 6, "numberOfLeaves": 4, "minimumExampleCountPerLeaf": 2,"""
                + """ "maximumBinCountPerFeature": 16, "featureFraction": 0.5, "featureFractionPerSplit": 0.5,"""
                + """ "baggingExampleFraction": 0.5, "learningRate": 0.3, "baggingSize": 2, "unbalancedSets": true }""",
            "binary"
        },
        { """{ "trainer": "mlnet:fasttree" }""", "regression" },
        {
            """{ "trainer": "mlnet:fastforest", "numberOfTrees": 6, "numberOfLeaves": 4, "minimumExampleCountPerLeaf": 2,"""
                + """ "maximumBinCountPerFeature": 16, "featureFraction": 0.5, "featureFractionPerSplit": 0.5,"""
                + """ "baggingExampleFraction": 0.5 }""",
            "multilabel"
        },
        { """{ "trainer": "mlnet:custom", "name": "mine", "version": "2" }""", "multiclass" },
        { """{ "trainer": "mlnet:lbfgs", "environment": { "mlnet": "5.0.0", "architecture": "x64", "vector": "256+fma", "math": "0123" } }""", "binary" },
    };

    // And those that neither reads.
    public static TheoryData<string, string> RefusedMLNetAdapters => new()
    {
        { """{ "trainer": "mlnet:lightgbm" }""", "multiclass" },
        { """{ "trainer": "mlnet:lbfgs", "lambda": 1000 }""", "multiclass" },
        { """{ "trainer": "mlnet:lbfgs", "numberOfThreads": 4 }""", "multiclass" },
        { """{ "trainer": "mlnet:lbfgs", "l2Regularization": -1 }""", "multiclass" },
        { """{ "trainer": "mlnet:lbfgs" }""", "regression" },
        { """{ "trainer": "mlnet:averagedperceptron" }""", "regression" },
        { """{ "trainer": "mlnet:fasttree", "seed": 1 }""", "binary" },
        { """{ "trainer": "mlnet:fasttree", "numberOfLeaves": 1 }""", "binary" },
        { """{ "trainer": "mlnet:fasttree", "unbalancedSets": true }""", "regression" },
        { """{ "trainer": "mlnet:fastforest", "learningRate": 0.1 }""", "binary" },
        { """{ "trainer": "mlnet:custom", "name": "mine" }""", "multiclass" },
        { """{ "trainer": "mlnet:sdca", "environment": { "mlnet": "5.0.0" } }""", "multiclass" },
        { """{ "trainer": "ridge", "lambda": 1000, "l2Regularization": 1 }""", "multiclass" },
    };

    [Theory]
    [MemberData(nameof(Adapters))]
    public void Schema_AdapterThatTheToolReads_IsAccepted(string adapter, string task)
    {
        var spec = WithAdapter(adapter, task);
        Assert.Null(Schema().Check(Parse(spec)));
        Assert.Null(WhyNotRead(spec));
    }

    [Theory]
    [MemberData(nameof(RefusedAdapters))]
    public void Schema_AdapterThatTheToolRefuses_IsRefused(string adapter, string task, string why)
    {
        var spec = WithAdapter(adapter, task);
        Assert.NotNull(Schema().Check(Parse(spec)));
        Assert.Contains(why, WhyNotRead(spec), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("multiclass", "agreement", true)]
    [InlineData("binary", "probabilities", true)]
    [InlineData("multilabel", "scores", true)]
    [InlineData("regression", "scores", true)]
    [InlineData("regression", "agreement", false)]
    [InlineData("multiclass", "mean", false)]
    public void Schema_Ensemble_IsAcceptedWhereTheToolReadsIt(string task, string rule, bool reads)
    {
        var spec = Points.Spec(task).Replace("\"seed\"", $"\"ensemble\": \"{rule}\", \"seed\"", StringComparison.Ordinal);
        Assert.Equal(reads, Schema().Check(Parse(spec)) is null);
        Assert.Equal(reads, WhyNotRead(spec) is null);
    }

    [Theory]
    [InlineData("multiclass", "\"trainer\":\"auto\"", EnsembleRule.Agreement)]
    [InlineData("regression", "\"lambda\":\"auto\"", EnsembleRule.Scores)]
    public void Schema_SpecWithoutAnAdapter_IsAcceptedAndLetsAdaptersChoose(string task, string part, EnsembleRule rule)
    {
        var spec = WithAdapter("null", task);
        var without = Parse(spec)!.AsObject();
        Assert.True(without.Remove("adapter"));
        Assert.Null(Schema().Check(without));
        using var folder = new TempFolder();
        var pipeline = PipelineSpec.Load(folder.Write("spec.json", without.ToJsonString()));
        using var encoder = pipeline.CreateEncoder(cancellationToken: TestContext.Current.CancellationToken);
        var frozen = pipeline.Freeze(encoder).Spec;
        Assert.Contains(part, frozen.Adapter, StringComparison.Ordinal);
        Assert.Equal(rule, frozen.Ensemble);
    }

    [Theory]
    [MemberData(nameof(MLNetAdapters))]
    public void Schema_MLNetTrainerThatTheToolReads_IsAccepted(string adapter, string task)
    {
        var spec = WithAdapter(adapter, task);
        Assert.Null(Schema().Check(Parse(spec)));
        AssertRead(spec, reads: true);
    }

    [Theory]
    [MemberData(nameof(RefusedMLNetAdapters))]
    public void Schema_MLNetTrainerThatTheToolRefuses_IsRefused(string adapter, string task)
    {
        var spec = WithAdapter(adapter, task);
        Assert.NotNull(Schema().Check(Parse(spec)));
        AssertRead(spec, reads: false);
    }

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

    private static string WithAdapter(string adapter, string task)
        => Points.Spec(task).Replace("""{ "trainer": "ridge", "lambda": 1000 }""", adapter, StringComparison.Ordinal);

    // Without ML.NET the tool reads none of them, and says what is missing.
    private static void AssertRead(string spec, bool reads)
    {
        Legonet.Run("--version");
        var message = WhyNotRead(spec);
        Assert.Equal(reads && MLNetBuild.Found, message is null);
        Assert.True(
            message is null
            || MLNetBuild.Found
            || spec.Contains("ridge", StringComparison.Ordinal)
            || message.Contains("needs ML.NET", StringComparison.Ordinal),
            message);
    }

    private static string? WhyNotRead(string spec)
    {
        using var folder = new TempFolder();
        return Record.Exception(() =>
        {
            var pipeline = PipelineSpec.Load(folder.Write("spec.json", spec));
            using var encoder = pipeline.CreateEncoder();
            _ = pipeline.Freeze(encoder);
        })?.Message;
    }

    private static JsonSchema Schema()
    {
        var file = Repository.Pipeline("spec.schema.json");
        Assert.SkipUnless(File.Exists(file), "pipelines/spec.schema.json is missing.");
        return new JsonSchema(JsonNode.Parse(File.ReadAllText(file))!.AsObject());
    }

    private static JsonNode? Parse(string spec) => JsonNode.Parse(spec, documentOptions: s_specs);
}
