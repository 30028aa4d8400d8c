using LegoNet.Onnx.Treatments;

namespace LegoNet.Onnx;

/// <summary>What an encoder's card should have.</summary>
/// <param name="Treatment">How inputs become the encoder's tensor.</param>
/// <param name="Batch">Rows of the fixed batch shape, 1–1024.</param>
/// <param name="Keys">Public keys, at most one per reference record.</param>
/// <param name="ProjectTo">Length of the code after a public projection (PCA of the references); null for none.</param>
/// <param name="Output">Name of the encoder's output; null where it has one.</param>
/// <param name="Description">What the references are, in words; null for their file's name.</param>
public sealed record EncoderCardRequest(InputTreatment Treatment, int Batch, int Keys, int? ProjectTo = null, string? Output = null, string? Description = null);
