namespace LegoNet.MLNet.Adapters;

/// <summary>A score of a fitted transformer.</summary>
/// <param name="Content">The transformer.</param>
/// <param name="Slot">The slot of its "Score" column; −1 where that is a single number.</param>
internal sealed record EstimatorScore(EstimatorContent Content, int Slot);
