namespace LegoNet.Onnx.Treatments;

/// <summary>
/// Texts go as they are into a string tensor, shape [N] or [N, 1]; the model itself splits them into tokens (operators of ONNX or of
/// onnxruntime-extensions).
/// </summary>
public sealed record TextTreatment : InputTreatment
{
    /// <inheritdoc/>
    public override string ToJson() => """{"kind":"text"}""";
}
