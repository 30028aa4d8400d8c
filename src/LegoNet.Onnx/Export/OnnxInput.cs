namespace LegoNet.Onnx.Export;

/// <summary>Where an exported graph starts when no encoder stands in front.</summary>
public enum OnnxInput
{
    /// <summary>At encodings, float32 [N, D], where the model has a calibration; otherwise at codes, int8 [N, d].</summary>
    EncodingOrCode,

    /// <summary>At codes as they travel in ML.NET: float32 [N, d] of code / 127, each in [−1, 1].</summary>
    Features,
}
