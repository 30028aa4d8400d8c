namespace LegoNet.Adapters;

/// <summary>A fitted adapter, ready to score. Immutable and thread-safe.</summary>
public interface IAdapter
{
    /// <summary>Adds this adapter's scores of one record.</summary>
    /// <param name="code">The code followed by the constant <see cref="LinearAdapter.Bias"/>, as float64, [d + 1].</param>
    /// <param name="scores">Scores so far, [C]; each is increased.</param>
    void AddScores(ReadOnlySpan<double> code, Span<double> scores);
}
