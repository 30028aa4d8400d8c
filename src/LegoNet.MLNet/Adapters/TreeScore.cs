using Microsoft.ML.Trainers.FastTree;

namespace LegoNet.MLNet.Adapters;

/// <summary>Trees as ML.NET fitted them to codes; their score is the sum, or the mean, of one leaf of each.</summary>
/// <param name="Trees">The trees, in the order in which ML.NET sums them.</param>
/// <param name="Mean">Whether the sum is divided by the number of trees.</param>
internal sealed record TreeScore(IReadOnlyList<RegressionTreeBase> Trees, bool Mean = false);
