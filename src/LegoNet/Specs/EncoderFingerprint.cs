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
public sealed record EncoderFingerprint(string Encoder, string Runtime, string Provider, string Precision, int Threads, int Batch)
{
    internal void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteNumber("batch", Batch);
        writer.WriteString("encoder", Encoder);
        writer.WriteString("precision", Precision);
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
            (int)fingerprint.Integer("batch", int.MinValue, int.MaxValue));
        fingerprint.Finish();
        return read;
    }
}
