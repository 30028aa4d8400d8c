using System.Text.Json;
using LegoNet.Adapters;
using LegoNet.Data.Json;
using LegoNet.Ensembles;
using LegoNet.Files;
using LegoNet.Onnx.Export;
using LegoNet.Onnx.Treatments;

namespace LegoNet.Onnx;

/// <summary>Writes a model as one ONNX graph that any ONNX Runtime can score with.</summary>
public static class ModelExport
{
    /// <summary>True when the model's encoder is an ONNX graph, which an export can put in front.</summary>
    public static bool HasOnnxEncoder(LegoNetModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return StrictJson.Parse(model.Spec.Encoder, $"{model.Path} (encoder)").String("type") == OnnxEncoderFactory.Type;
    }

    /// <summary>Exports quantisation, router, adapters and ensemble; with an encoder, that too.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The ONNX file to write.</param>
    /// <param name="encoderPath">The encoder's file; null to leave it out, so that the graph starts at the encoding (or code).</param>
    /// <exception cref="LegoNetException">The model's adapters are neither linear nor trees, or its encoder has no ONNX file.</exception>
    public static void Write(LegoNetModel model, string path, string? encoderPath = null)
        => Write(model, path, new OnnxExportOptions { EncoderPath = encoderPath });

    /// <summary>Exports quantisation, router, adapters and ensemble; with an encoder, that too.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The ONNX file to write.</param>
    /// <param name="options">Where the graph starts and how its tensors are called.</param>
    /// <exception cref="LegoNetException">
    /// The model's adapters are neither linear nor trees, its encoder has no ONNX file, or the path is a file that must stay: one of a
    /// model, a key, the encoder, or something else than an ONNX file.
    /// </exception>
    public static void Write(LegoNetModel model, string path, OnnxExportOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        using var output = Prepare(model, path, force: false, options.EncoderPath);
        Write(model, output, options);
    }

    /// <summary>The file for a model's export, once it is sure that it can be written and that nothing is lost by it.</summary>
    internal static OutputFile Prepare(LegoNetModel model, string path, bool force, string? encoderPath)
        => OutputFile.Prepare(path, OutputKind.Onnx, force, encoderPath, model.EncoderPath);

    /// <summary>Exports to a file that was prepared.</summary>
    internal static void Write(LegoNetModel model, OutputFile output, OnnxExportOptions options)
    {
        var spec = model.Spec;
        var scorer = model.Scorer;
        var adapters = scorer.Adapters.ToArray();
        if (adapters.Any(adapter => adapter is not (null or LinearAdapter or TreeAdapter)))
        {
            throw LegoNetException.BadInput(
                $"{model.Path}: its adapters are by {TrainerName(model)}, and only linear adapters and trees can be written as an ONNX graph.");
        }

        var declaration = StrictJson.Parse(spec.Encoder, $"{model.Path} (encoder)");
        var withEncoder = options.EncoderPath is not null;
        if (withEncoder && declaration.String("type") is var type && type != OnnxEncoderFactory.Type)
        {
            throw LegoNetException.BadInput($"{model.Path}: its encoder is built in ({type}) and has no ONNX graph to put in front.");
        }

        OnnxExporter.Export(
            new OnnxScorer
            {
                Task = spec.Task,
                CodeDimension = spec.Dimension,
                RouteLength = spec.Active,
                Keys = model.Keys.Values.ToArray(),
                Adapters = adapters,
                Prior = scorer.Prior.ToArray(),
                Calibration = model.Calibration,
                Classes = spec.Classes,
                Temperature = spec.Temperature,
                Ensemble = spec.Ensemble,
                Target = spec.Target,
                Threshold = Scorer.MultilabelThreshold,
                Treatment = withEncoder ? InputTreatment.FromSpec(declaration.Object("input")) : null,
                EncoderSha256 = withEncoder ? declaration.String("sha256") : null,
                EncoderOutput = withEncoder ? declaration.String("output") : null,
            },
            output,
            options);
    }

    private static string TrainerName(LegoNetModel model)
    {
        using var adapter = JsonDocument.Parse(model.Spec.Adapter);
        var trainer = adapter.RootElement.GetProperty("trainer").GetString();
        return adapter.RootElement.TryGetProperty("name", out var name) ? $"\"{trainer}\" (\"{name}\")" : $"\"{trainer}\"";
    }
}
