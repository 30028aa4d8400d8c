namespace LegoNet.Onnx.Export;

/// <summary>
/// Outputs for a graph that scores one record at a time, without the axis of the batch: ML.NET reads an output of one axis as a plain
/// vector. Multiclass: <see cref="Score"/> and <see cref="Choice"/>; binary: <see cref="Margin"/>; regression: <see cref="Value"/>.
/// </summary>
/// <param name="ClassOfSlot">
/// Multiclass: the declared class of each slot of <see cref="Score"/>, [S]; −1 for a slot of no class, which has probability 0.
/// </param>
/// <param name="SlotNames">Multiclass: the slots' names, [S], which ML.NET finds in the graph by a node's name.</param>
internal sealed record OnnxRowOutputs(IReadOnlyList<int> ClassOfSlot, IReadOnlyList<string> SlotNames)
{
    /// <summary>Multiclass: probabilities by slot, float32 [S].</summary>
    public const string Score = "Score";

    /// <summary>Multiclass: the predicted class's slot and its probability, float32 [2].</summary>
    public const string Choice = "Choice";

    /// <summary>Binary: the second class's mean score less the first's, float32 [1].</summary>
    public const string Margin = "Margin";

    /// <summary>Regression: the prediction, float32 [1].</summary>
    public const string Value = "Value";

    /// <summary>For tasks without slots.</summary>
    public static OnnxRowOutputs WithoutSlots { get; } = new([], []);
}
