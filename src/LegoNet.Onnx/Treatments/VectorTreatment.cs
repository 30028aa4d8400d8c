namespace LegoNet.Onnx.Treatments;

/// <summary>Vectors go as they are into a float32 tensor [N, D]; the model declares D.</summary>
public sealed record VectorTreatment : InputTreatment
{
    /// <inheritdoc/>
    public override string ToJson() => """{"kind":"vector"}""";
}
