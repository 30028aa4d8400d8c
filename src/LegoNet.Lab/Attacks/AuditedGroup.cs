namespace LegoNet.Lab.Attacks;

/// <summary>What an attack finds of some records.</summary>
/// <param name="Records">The records that were compared, those first that stand out most.</param>
/// <param name="PValue">The smallest of the tests' corrected p-values.</param>
/// <param name="LeastPValue">The smallest that so few records, or so few unseen ones, could have given.</param>
/// <param name="Tests">The tests.</param>
/// <param name="AtOnePercent">The share of them that stand out more than 99 % of the unseen records do.</param>
public sealed record AuditedGroup(
    IReadOnlyList<AuditedRecord> Records, double PValue, double LeastPValue, IReadOnlyList<AuditTest> Tests, OperatingPoint AtOnePercent)
{
    /// <summary>Whether the attack beats chance.</summary>
    public bool IsFound => PValue < AuditSettings.Level;
}
