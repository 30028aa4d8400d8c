using LegoNet.Ensembles;

namespace LegoNet.Lab.Methods;

/// <summary>A snapshot of one of this project's models as a model.</summary>
/// <param name="digest">The root digest of its directory.</param>
/// <param name="scorer">What scores.</param>
internal sealed class ScorerModel(string digest, Scorer scorer) : IScoringModel
{
    /// <inheritdoc/>
    public string Digest => digest;

    /// <inheritdoc/>
    public void Score(ReadOnlySpan<sbyte> codes, Span<double> scores)
    {
        scorer.Score(codes, scores);
        foreach (ref var score in scores)
        {
            score /= scorer.Spec.Temperature;
        }
    }
}
