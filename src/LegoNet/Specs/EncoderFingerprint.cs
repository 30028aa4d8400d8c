using System.Text.Json;
using LegoNet.Data.Json;

namespace LegoNet.Specs;

/// <summary>What produced a record's code. Two codes of the same input are promised equal only under equal fingerprints.</summary>
/// <param name="Encoder">SHA-256 of the encoder (ONNX file and input treatment, or built-in declaration) and its calibration, in hex.</param>
/// <param name="Runtime">Runtime and version, e.g. "onnxruntime 1.29.0" or "legonet-hashing 1".</param>
/// <param name="Provider">Execution provider, e.g. "cpu" or "cuda".</param>
/// <param name="Precision">Arithmetic of the encoder, e.g. "float32" or "integer".</param>
/// <param name="Threads">Threads inside one inference; this project runs batches in parallel and pins this to 1.</param>
/// <param name="Batch">Rows of the fixed batch shape.</param>
/// <param name="Processor">
/// Kind of processor, where codes depend on it, e.g. "x64 avx512"; null where they are the same on every machine, or where the kind is not known.
/// </param>
public sealed record EncoderFingerprint(
    string Encoder,
    string Runtime,
    string Provider,
    string Precision,
    int Threads,
    int Batch,
    string? Processor = null)
{
    /// <summary>What made a code, apart from the encoder itself, in words.</summary>
    internal string Maker => $"{Runtime} ({Provider}, {Precision}, batch {Batch}{(Processor is null ? "" : $", {Processor}")})";

    /// <summary>Whether the other is the same apart from the kind of processor: the same codes apart from rounding.</summary>
    internal bool IsSameEncoder(EncoderFingerprint other) => this == other || this with { Processor = other.Processor } == other;

    /// <summary>Whether nothing is known by which the other's codes could differ. A kind of processor that is not named is unknown, not another one.</summary>
    internal bool Agrees(EncoderFingerprint other)
        => this == other || ((Processor is null || other.Processor is null) && IsSameEncoder(other));

    /// <summary>In parentheses, why two codes of one record may differ though its content does not; empty where no rounding explains it.</summary>
    internal string WhyCodesMayDiffer(EncoderFingerprint other)
        => this == other || Encoder != other.Encoder ? ""
            : $" (the codes were made by {Maker} and by {other.Maker}, so this may be no more than rounding)";

    internal void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteNumber("batch", Batch);
        writer.WriteString("encoder", Encoder);
        writer.WriteString("precision", Precision);
        if (Processor is not null)
        {
            writer.WriteString("processor", Processor);
        }

        writer.WriteString("provider", Provider);
        writer.WriteString("runtime", Runtime);
        writer.WriteNumber("threads", Threads);
        writer.WriteEndObject();
    }

    internal static EncoderFingerprint Read(StrictJson fingerprint)
    {
        var read = new EncoderFingerprint(
            fingerprint.String("encoder"),
            fingerprint.String("runtime"),
            fingerprint.String("provider"),
            fingerprint.String("precision"),
            (int)fingerprint.Integer("threads", int.MinValue, int.MaxValue),
            (int)fingerprint.Integer("batch", int.MinValue, int.MaxValue),
            fingerprint.OptionalString("processor"));
        fingerprint.Finish();
        return read;
    }
}
