namespace LegoNet.Lab.Attacks;

/// <summary>What a shadow model did with a candidate.</summary>
internal enum CandidateKind
{
    /// <summary>Trained on it, and kept it.</summary>
    Retained,

    /// <summary>Trained on it, and forgot it.</summary>
    Forgotten,

    /// <summary>Never saw it.</summary>
    Never,
}
