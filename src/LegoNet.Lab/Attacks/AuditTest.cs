namespace LegoNet.Lab.Attacks;

/// <summary>One test of an audit.</summary>
/// <param name="Name">What it asks, e.g. "all together".</param>
/// <param name="PValue">How often records that were never seen would stand out as far, at most.</param>
/// <param name="Corrected">The same, corrected for all tests of the audit (Holm).</param>
public sealed record AuditTest(string Name, double PValue, double Corrected);
