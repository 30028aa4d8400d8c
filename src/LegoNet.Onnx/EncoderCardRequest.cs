using LegoNet.Onnx.Treatments;

namespace LegoNet.Onnx;

/// <summary>What an encoder's card should have.</summary>
/// <param name="Treatment">How inputs become the encoder's tensor.</param>
/// <param name="Batch">Rows of the fixed batch shape, 1–1024.</param>
/// <param name="Keys">Public keys, at most one per reference record; 0–65,535.</param>
/// <param name="ProjectTo">Length of the code after a public projection (PCA of the references), from 1; null for none.</param>
/// <param name="Output">Name of the encoder's output; null where it has one.</param>
/// <param name="Description">What the references are, in words; null for their file's name.</param>
/// <exception cref="LegoNetException">A number is out of its range.</exception>
public sealed record EncoderCardRequest(InputTreatment Treatment, int Batch, int Keys, int? ProjectTo = null, string? Output = null, string? Description = null)
{
    /// <summary>Rows of the fixed batch shape, 1–1024.</summary>
    public int Batch { get; init => field = OnnxEncoder.CheckBatchSize(value); } = OnnxEncoder.CheckBatchSize(Batch);

    /// <summary>Public keys, at most one per reference record; 0–65,535.</summary>
    public int Keys { get; init => field = CheckKeys(value); } = CheckKeys(Keys);

    /// <summary>Length of the code after a public projection (PCA of the references), from 1; null for none.</summary>
    public int? ProjectTo { get; init => field = CheckProjection(value); } = CheckProjection(ProjectTo);

    private static int CheckKeys(int keys) => keys is >= 0 and <= ushort.MaxValue
        ? keys
        : throw LegoNetException.BadInput($"The number of public keys must be a whole number from 0 to {ushort.MaxValue}, not {keys}.");

    private static int? CheckProjection(int? length) => length is null or >= 1
        ? length
        : throw LegoNetException.BadInput($"A projection must have at least one dimension, not {length}.");
}
