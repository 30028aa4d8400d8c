namespace LegoNet.Lab.Reports;

/// <summary>What an interval says about chance.</summary>
internal enum Chance
{
    /// <summary>It holds chance, or lies below.</summary>
    NoBetter,

    /// <summary>It lies above chance, but would not if its lower arm were twice as long.</summary>
    Unclear,

    /// <summary>It lies above chance even with its lower arm doubled.</summary>
    Above,
}
