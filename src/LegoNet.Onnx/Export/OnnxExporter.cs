using System.Security.Cryptography;
using LegoNet.Adapters;
using LegoNet.Files;
using LegoNet.Onnx.Graphs;
using LegoNet.Onnx.Runtime;
using LegoNet.Onnx.Treatments;
using LegoNet.Specs;
using Microsoft.ML.OnnxRuntime;

namespace LegoNet.Onnx.Export;

/// <summary>Writes a whole model, quantisation, router, adapters and ensemble, as one ONNX graph, on request with the encoder inside.</summary>
/// <remarks>
/// <para>Input: the encoder's own input tensor when an encoder is given (for images the normalised tensor, not the file); otherwise
/// <c>encoding</c> float32 [N, D], or <c>code</c> int8 [N, d] where the model has no calibration; or, on request, <c>Features</c> float32
/// [N, d] of code / 127, as codes travel in ML.NET.</para>
/// <para>Outputs, C classes: <c>Score</c> float32 [N, C] and <c>ScoreDouble</c> float64 [N, C]; multiclass and binary also
/// <c>Probability</c> float32 [N, C] (softmax of score / temperature), <c>PredictedIndex</c> int64 [N, 1] and <c>PredictedLabel</c>
/// string [N, 1], ties to the lower class; multi-label <c>Probability</c> (logistic function of (score − 0.5) / temperature) and
/// <c>PredictedLabels</c> bool [N, C]; regression <c>Prediction</c> float32 [N, 1].</para>
/// <para>Scoring is in float64: similarities are whole numbers below 2^53 and so exact, and routes are the native router's. Only the
/// first axis is open, as ML.NET's ApplyOnnxModel wants it. Operators are used in the forms that opsets 11 to 21 share; adapters of trees
/// take TreeEnsemble of ai.onnx.ml 5 besides, and the mean of their scores is the native scorer's to the last bit.</para>
/// </remarks>
internal static class OnnxExporter
{
    /// <summary>Name of the input when the graph starts at encodings.</summary>
    public const string EncodingInput = "encoding";

    /// <summary>Name of the input when the graph starts at codes.</summary>
    public const string CodeInput = "code";

    /// <summary>Name of the input when the graph starts at ML.NET features.</summary>
    public const string FeaturesInput = "Features";

    private const string Prefix = OnnxExportOptions.InnerPrefix;
    private const long OwnOpset = 15;
    private const long OldestOpset = 11;

    private static readonly string[] s_outputs =
    [
        "Score", "ScoreDouble", "Probability", "PredictedIndex", "PredictedLabel", "PredictedLabels", "Prediction",
        OnnxRowOutputs.Choice, OnnxRowOutputs.Margin, OnnxRowOutputs.Value,
    ];

    /// <summary>Writes the graph to a file. The file appears whole or not at all, and ONNX Runtime has loaded it before it gets its name.</summary>
    /// <param name="scorer">The model.</param>
    /// <param name="path">The file to write or replace.</param>
    /// <param name="options">Where the graph starts and how its tensors are called; null for the defaults.</param>
    /// <exception cref="LegoNetException">
    /// The encoder is missing, another than expected or cannot be merged, the file would pass 2 GiB, or it cannot be written.
    /// </exception>
    /// <exception cref="ArgumentException">The model contradicts itself, e.g. a weight array has another length than its dimensions say.</exception>
    public static void Export(OnnxScorer scorer, string path, OnnxExportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        options ??= new OnnxExportOptions();
        using var output = OutputFile.Prepare(path, OutputKind.Onnx, force: false, options.EncoderPath);
        Export(scorer, output, options);
    }

    /// <summary>Writes the graph to a file that was prepared.</summary>
    public static void Export(OnnxScorer scorer, OutputFile output, OnnxExportOptions options)
    {
        ArgumentNullException.ThrowIfNull(scorer);
        Validate(scorer, options);
        var builder = options.EncoderPath is { } encoderPath
            ? StartAtEncoder(scorer, encoderPath, options, out var codes, out var batch)
            : StartAtInput(scorer, options, out codes, out batch);
        var scores = Score(builder, scorer, codes);
        if (options.Rows is { } rows)
        {
            RowOutputGraph.Append(builder, scorer, scores, rows, options.OutputPrefix);
        }
        else
        {
            Outputs(builder, scorer, scores, batch, options.OutputPrefix);
        }

        Write(builder, output);
    }

    private static void Validate(OnnxScorer scorer, OnnxExportOptions options)
    {
        var d = scorer.CodeDimension;
        var n = scorer.Adapters.Count;
        var c = scorer.Prior.Length;
        if (d < 1 || n < 1 || c < 1 || scorer.Keys.Length != (long)n * d || scorer.RouteLength < 1 || scorer.RouteLength > n)
        {
            throw new ArgumentException("Keys must be [n, d] and a route 1 to n adapters long.", nameof(scorer));
        }

        if (scorer.Adapters.Any(a => a is not (null or LinearAdapter or TreeAdapter)))
        {
            throw new ArgumentException("Every adapter must be linear or made of trees.", nameof(scorer));
        }

        if (scorer.Adapters.OfType<LinearAdapter>().Any(a => a.Weights.Length != (long)c * (d + 1) || !AllFinite(a.Weights)))
        {
            throw new ArgumentException("Every linear adapter must be [C, d + 1] finite weights.", nameof(scorer));
        }

        if (scorer.Adapters.OfType<TreeAdapter>().Any(a => a.Outputs != c || a.Trees.Any(t => MaxFeature(t) >= d)))
        {
            throw new ArgumentException("Every adapter of trees must have C scores and look at the code's d features only.", nameof(scorer));
        }

        var regression = scorer.Task == LearningTask.Regression;
        if (scorer.Classes.Count != (regression ? 0 : c) || (regression && (c != 1 || scorer.Target is null)) || (scorer.Task == LearningTask.Binary && c != 2))
        {
            throw new ArgumentException(
                "There must be one class name per score, two for a binary model; for regression none, one score and a target.", nameof(scorer));
        }

        if (scorer.Calibration is { } calibration && calibration.CodeDimension != d)
        {
            throw new ArgumentException("The calibration's codes have another length than the keys.", nameof(scorer));
        }

        if (!(scorer.Temperature > 0) || !double.IsFinite(scorer.Temperature) || !scorer.Prior.All(double.IsFinite))
        {
            throw new ArgumentException("The temperature must be positive and the prior finite.", nameof(scorer));
        }

        if (options.InputName is { } name && s_outputs.Any(o => options.OutputPrefix + o == name))
        {
            throw LegoNetException.BadInput($"The input cannot be called \"{name}\": an output is; give the outputs a prefix.");
        }
    }

    private static bool AllFinite(ReadOnlySpan<float> weights)
    {
        foreach (var weight in weights)
        {
            if (!float.IsFinite(weight))
            {
                return false;
            }
        }

        return true;
    }

    private static int MaxFeature(AdapterTree tree)
    {
        var max = 0;
        foreach (var feature in tree.Features)
        {
            max = Math.Max(max, feature);
        }

        return max;
    }

    private static OnnxModelBuilder StartAtInput(OnnxScorer scorer, OnnxExportOptions options, out string codes, out OnnxDimension batch)
    {
        var builder = new OnnxModelBuilder("legonet", OwnOpset) { Prefix = Prefix };
        batch = options.Rows is null ? "N" : 1;
        if (options.Input == OnnxInput.Features)
        {
            var name = options.InputName ?? FeaturesInput;
            builder.Input(name, OnnxType.Float, batch, scorer.CodeDimension);
            codes = QuantiserGraph.FromFeatures(builder, name);
        }
        else if (scorer.Calibration is { } calibration)
        {
            var name = options.InputName ?? EncodingInput;
            builder.Input(name, OnnxType.Float, batch, calibration.EncodingDimension);
            codes = QuantiserGraph.Append(builder, calibration, name);
        }
        else
        {
            var name = options.InputName ?? CodeInput;
            builder.Input(name, OnnxType.Int8, batch, scorer.CodeDimension);
            codes = builder.Node("Cast", "codes", [name], [OnnxModelBuilder.Attribute("to", (long)OnnxType.Double)]);
        }

        return builder;
    }

    private static OnnxModelBuilder StartAtEncoder(OnnxScorer scorer, string encoderPath, OnnxExportOptions options, out string codes, out OnnxDimension batch)
    {
        var calibration = scorer.Calibration ?? throw new ArgumentException("A model with an encoder needs the calibration of its encodings.", nameof(scorer));
        var encoder = ParseEncoder(encoderPath, scorer.EncoderSha256);
        var output = FindEncoding(encoder, encoderPath, scorer.EncoderOutput, calibration.EncodingDimension);
        if (encoder.TensorNames().FirstOrDefault(IsTaken) is { } taken)
        {
            throw LegoNetException.BadInput($"{encoderPath}: the tensor name \"{taken}\" is needed by the exported graph; rename it.");
        }

        var builder = new OnnxModelBuilder("legonet_with_encoder", OwnOpset) { Prefix = Prefix, IrVersion = Math.Max(4, encoder.IrVersion) };
        foreach (var (domain, version) in encoder.Opsets)
        {
            builder.Opset(domain, version);
        }

        var input = encoder.Inputs[0];
        foreach (var field in encoder.GraphFields)
        {
            // Nodes, initializers (dense, sparse), value types, quantisation notes, metadata; the inputs and outputs are ours to declare.
            if (field.Number is 1 or 5 or 13 or 14 or 15 or 16)
            {
                builder.GraphField(field);
            }
        }

        foreach (var field in encoder.ModelFields)
        {
            // Metadata and functions; the graph, the versions and who wrote the file have lower numbers.
            if (field.Number >= 14)
            {
                builder.ModelField(field);
            }
        }

        batch = input.Shape is { Count: > 0 } axes && (axes[0].Value is not null || axes[0].Symbol is not null) ? axes[0] : "N";
        builder.Input(input.Name, (OnnxType)input.ElementType, InputShape(scorer.Treatment, input.Shape, batch));

        // [N, D, 1, 1] is an encoding too; 0 keeps the first axis, −1 takes the rest.
        var encoding = output.Shape is { Count: 2 }
            ? output.Name
            : builder.Node("Reshape", "encoding", [output.Name, builder.Constant("encoding_shape", [2], [0L, -1])]);
        codes = QuantiserGraph.Append(builder, calibration, encoding);
        return builder;

        bool IsTaken(string tensor) => tensor.StartsWith(Prefix, StringComparison.Ordinal) || s_outputs.Any(o => options.OutputPrefix + o == tensor);
    }

    private static OnnxModelFile ParseEncoder(string path, string? expectedSha256)
    {
        var bytes = ReadEncoder(path);
        var digest = Convert.ToHexStringLower(SHA256.HashData(bytes));
        if (expectedSha256 is not null && !digest.Equals(expectedSha256, StringComparison.OrdinalIgnoreCase))
        {
            throw LegoNetException.BadInput($"{path}: is another encoder than the model's (SHA-256 {digest}, not {expectedSha256}).");
        }

        var encoder = OnnxModelFile.Parse(bytes, path);
        if (encoder.HasExternalData)
        {
            throw LegoNetException.BadInput($"{path}: keeps weights in separate files; save it as one file first.");
        }

        if (encoder.Opsets.TryGetValue("", out var opset) && opset < OldestOpset)
        {
            throw LegoNetException.BadInput(
                $"{path}: uses opset {opset}; export with the encoder inside needs opset {OldestOpset} or later (onnx.version_converter raises it).");
        }

        return encoder.Inputs.Count == 1
            ? encoder
            : throw LegoNetException.BadInput($"{path}: an encoder has one input, and this model has {encoder.Inputs.Count}.");
    }

    private static OnnxValueInfo FindEncoding(OnnxModelFile encoder, string path, string? name, int dimension)
    {
        var output = name is not null ? encoder.Outputs.FirstOrDefault(o => o.Name == name) : encoder.Outputs.Count == 1 ? encoder.Outputs[0] : null;
        if (output is null)
        {
            var names = string.Join(", ", encoder.Outputs.Select(o => $"\"{o.Name}\""));
            throw LegoNetException.BadInput($"{path}: name the output that holds the encoding, one of {names}.");
        }

        if (output.ElementType != (long)OnnxType.Float)
        {
            throw LegoNetException.BadInput($"{path}: output \"{output.Name}\" must be a float32 tensor.");
        }

        return output.Shape is { Count: >= 2 } shape && shape[1].Value is { } length && length != dimension
            ? throw LegoNetException.BadInput($"{path}: gives encodings of length {length}, and the calibration is for {dimension}.")
            : output;
    }

    private static OnnxDimension[] InputShape(InputTreatment? treatment, IReadOnlyList<OnnxDimension>? declared, OnnxDimension batch)
    {
        if (treatment is ImageTreatment image && (declared is null || declared.Count == 4))
        {
            return [batch, .. ImageReader.Shape(image, 1).Skip(1).Select(d => (OnnxDimension)d)];
        }

        return declared is null or { Count: 0 } ? [batch] : [batch, .. declared.Skip(1)];
    }

    /// <summary>Route, adapters, ensemble: from codes, float64 [N, d], to scores, float64 [N, C].</summary>
    private static string Score(OnnxModelBuilder builder, OnnxScorer scorer, string codes)
    {
        int d = scorer.CodeDimension, n = scorer.Adapters.Count, k = scorer.RouteLength, c = scorer.Prior.Length;
        if (scorer.Adapters.All(a => a is null))
        {
            // A model that has forgotten everything: each record gets the prior, and the codes only say how many there are.
            return builder.Node("Add", "scores", [
                builder.Node("MatMul", "nothing", [codes, builder.Constant("zeros", [d, c], new double[d * c])]),
                builder.Constant("prior", [c], scorer.Prior)]);
        }

        // Route: TopK lists equal values by ascending index, which is the native router's tie rule.
        var keys = new double[(long)d * n];
        for (var a = 0; a < n; a++)
        {
            for (var j = 0; j < d; j++)
            {
                keys[(j * (long)n) + a] = scorer.Keys[(a * (long)d) + j];
            }
        }

        var similarity = builder.Node("MatMul", "similarity", [codes, builder.Constant("keys", [d, n], keys)]);
        builder.Nodes(
            "TopK",
            [similarity, builder.Constant("route_length", [1], [(long)k])],
            [Prefix + "route_similarity", Prefix + "route"],
            [OnnxModelBuilder.Attribute("axis", -1), OnnxModelBuilder.Attribute("largest", 1), OnnxModelBuilder.Attribute("sorted", 1)]);
        var routes = builder.Node("Reshape", "routes", [Prefix + "route", builder.Constant("routes_shape", [3], [-1L, k, 1])]);

        return EnsembleGraph.Append(builder, scorer, codes, routes);
    }

    private static void Outputs(OnnxModelBuilder builder, OnnxScorer scorer, string scores, OnnxDimension batch, string prefix)
    {
        var c = scorer.Prior.Length;
        builder.Nodes("Identity", [scores], [prefix + "ScoreDouble"]);
        AsFloat(scores, "Score", c);
        builder.Output(prefix + "ScoreDouble", OnnxType.Double, batch, c);
        switch (scorer.Task)
        {
            case LearningTask.Regression:
                AsFloat(PredictionGraph.Value(builder, scorer, scores), "Prediction", 1);
                break;
            case LearningTask.Multilabel:
                var centred = builder.Node("Sub", "centred", [scores, builder.Constant("centre", [1], [0.5])]);
                AsFloat(builder.Node("Sigmoid", "probability", [PredictionGraph.Tempered(builder, scorer, centred)]), "Probability", c);
                var below = builder.Node("Less", "below", [scores, builder.Constant("threshold", [1], [scorer.Threshold])]);
                builder.Nodes("Not", [below], [prefix + "PredictedLabels"]);
                builder.Output(prefix + "PredictedLabels", OnnxType.Bool, batch, c);
                break;
            default:
                AsFloat(PredictionGraph.Softmax(builder, scorer, scores), "Probability", c);
                PredictionGraph.Top(builder, scores, prefix + "PredictedIndex");
                builder.Nodes(
                    "Gather",
                    [builder.Constant("classes", [c], scorer.Classes), prefix + "PredictedIndex"],
                    [prefix + "PredictedLabel"],
                    [OnnxModelBuilder.Attribute("axis", 0)]);
                builder.Output(prefix + "PredictedIndex", OnnxType.Int64, batch, 1);
                builder.Output(prefix + "PredictedLabel", OnnxType.String, batch, 1);
                break;
        }

        void AsFloat(string input, string output, int columns)
        {
            builder.Nodes("Cast", [input], [prefix + output], [OnnxModelBuilder.Attribute("to", (long)OnnxType.Float)]);
            builder.Output(prefix + output, OnnxType.Float, batch, columns);
        }
    }

    private static byte[] ReadEncoder(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw LegoNetException.BadInput($"{path}: the encoder cannot be read ({e.Message.TrimEnd('.')}).", e);
        }
    }

    private static void Write(OnnxModelBuilder builder, OutputFile output)
    {
        try
        {
            using (var stream = new FileStream(output.DraftPath, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                builder.WriteTo(stream);
                stream.Flush(flushToDisk: true);
            }

            using (var options = OrtRuntime.Options())
            {
                // Types and shapes are checked on loading; optimising is left to whoever uses the file.
                options.GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL;
                OrtRuntime.TryRegisterExtensions(options, out _);
                OrtRuntime.Open(output.DraftPath, options).Dispose();
            }

            output.Complete();
        }
        catch (Exception e) when (OrtRuntime.IsFailure(e))
        {
            throw LegoNetException.BadInput($"{output.Path}: the exported graph does not load in ONNX Runtime ({OrtRuntime.FirstLine(e)}).", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw LegoNetException.BadInput($"{output.Path}: cannot be written ({e.Message.TrimEnd('.')}).", e);
        }
    }
}
