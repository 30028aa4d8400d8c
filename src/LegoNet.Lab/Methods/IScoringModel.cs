namespace LegoNet.Lab.Methods;

/// <summary>A model that tells classes apart.</summary>
public interface IScoringModel
{
    /// <summary>Hexadecimal SHA-256 of every parameter: two models of a method with the same digest are the same model.</summary>
    string Digest { get; }

    /// <summary>Scores records. A model's probabilities are the softmax of its scores.</summary>
    /// <param name="codes">Row-major codes, [m, d].</param>
    /// <param name="scores">Receives row-major scores, [m, C].</param>
    void Score(ReadOnlySpan<sbyte> codes, Span<double> scores);
}
