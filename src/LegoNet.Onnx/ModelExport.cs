using LegoNet.Adapters;
using LegoNet.Onnx.Export;
using LegoNet.Onnx.Treatments;
using LegoNet.Specs;

namespace LegoNet.Onnx;

/// <summary>Writes a model as one ONNX graph that any ONNX Runtime can score with.</summary>
public static class ModelExport
{
    /// <summary>True when the model's encoder is an ONNX graph, which an export can put in front.</summary>
    public static bool HasOnnxEncoder(LegoNetModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return SpecObject.Parse(model.Spec.Encoder, $"{model.Path} (encoder)").String("type") == OnnxEncoderFactory.Type;
    }

    /// <summary>Exports quantisation, router, adapters and ensemble; with an encoder, that too.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The ONNX file to write.</param>
    /// <param name="encoderPath">The encoder's file; null to leave it out, so that the graph starts at the encoding (or code).</param>
    /// <exception cref="LegoNetException">The model's adapters are not linear, or its encoder has no ONNX file.</exception>
    public static void Write(LegoNetModel model, string path, string? encoderPath = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        var spec = model.Spec;
        var adapters = model.Scorer.Adapters.Select(adapter => adapter switch
        {
            null => null,
            LinearAdapter linear => linear.Weights.ToArray(),
            _ => throw LegoNetException.BadInput($"{model.Path}: its adapters are not linear, and only linear ones can be exported to ONNX."),
        }).ToArray();
        var declaration = SpecObject.Parse(spec.Encoder, $"{model.Path} (encoder)");
        var isOnnx = declaration.String("type") == OnnxEncoderFactory.Type;
        if (encoderPath is not null && !isOnnx)
        {
            throw LegoNetException.BadInput($"{model.Path}: its encoder is built in ({declaration.String("type")}) and has no ONNX graph to put in front.");
        }

        OnnxExporter.Export(
            new OnnxScorer
            {
                Task = spec.Task,
                CodeDimension = spec.Dimension,
                RouteLength = spec.Active,
                Keys = model.Keys.Values.ToArray(),
                Adapters = adapters,
                Prior = model.Scorer.Prior.ToArray(),
                Calibration = model.Calibration,
                Classes = spec.Classes,
                Temperature = spec.Temperature,
                Target = spec.Target,
                Threshold = LegoNet.Ensembles.Scorer.MultilabelThreshold,
                Treatment = encoderPath is null ? null : InputTreatment.FromSpec(declaration.Object("input")),
                EncoderSha256 = encoderPath is null ? null : declaration.String("sha256"),
                EncoderOutput = encoderPath is null ? null : declaration.String("output"),
            },
            path,
            encoderPath);
    }
}
