using LegoNet.Adapters;
using LegoNet.Calibration;
using LegoNet.Onnx.Treatments;
using LegoNet.Specs;

namespace LegoNet.Onnx.Export;

/// <summary>All that scoring a record takes: what <see cref="OnnxExporter"/> writes as a graph.</summary>
internal sealed class OnnxScorer
{
    /// <summary>What the model predicts.</summary>
    public required LearningTask Task { get; init; }

    /// <summary>The code's length d.</summary>
    public required int CodeDimension { get; init; }

    /// <summary>How many adapters a record activates, 1 to the number of adapters.</summary>
    public required int RouteLength { get; init; }

    /// <summary>
    /// Keys, row-major [n, d]. A record's route is the <see cref="RouteLength"/> keys of largest inner product with its code, ties to the
    /// lower adapter.
    /// </summary>
    public required short[] Keys { get; init; }

    /// <summary>
    /// The n adapters, each a <see cref="LinearAdapter"/> of [C, d + 1] weights or a <see cref="TreeAdapter"/> of C scores; null for an adapter
    /// without records, which abstains.
    /// </summary>
    public required IReadOnlyList<IAdapter?> Adapters { get; init; }

    /// <summary>Scores when every adapter of a route abstains, [C].</summary>
    public required double[] Prior { get; init; }

    /// <summary>How encodings become codes; null when the graph's input is a code, as with built-in encoders.</summary>
    public CodeCalibration? Calibration { get; init; }

    /// <summary>Class names, [C]; empty for regression. A binary model has two.</summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    /// <summary>Divides scores before softmax (multiclass, binary) or the logistic function (multi-label); positive.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>How the scores of the adapters that answer become one; of a regression their mean.</summary>
    public EnsembleRule Ensemble { get; init; }

    /// <summary>Regression: the declared range. Prediction = Min + Step · score, kept within Min and Max; null for other tasks.</summary>
    public RegressionTarget? Target { get; init; }

    /// <summary>Multi-label: a class is predicted when its score is at least this.</summary>
    public double Threshold { get; init; } = 0.5;

    /// <summary>
    /// With an encoder: how images become its input, so that a height and width the encoder leaves open are written as numbers; null to
    /// leave them open.
    /// </summary>
    public InputTreatment? Treatment { get; init; }

    /// <summary>With an encoder: the SHA-256 its file must have, in hex; null to accept any.</summary>
    public string? EncoderSha256 { get; init; }

    /// <summary>With an encoder: its output that holds the encoding; null where it has one output only.</summary>
    public string? EncoderOutput { get; init; }
}
