using LegoNet.Lab.Attacks;

namespace LegoNet.Lab.Comparisons;

/// <summary>Everything that a comparison found: what reports are made of.</summary>
/// <param name="Facts">What was compared on, and how.</param>
/// <param name="Methods">The methods, the oracles first.</param>
/// <param name="Tasks">What came of each task.</param>
/// <param name="Attacks">What membership inference found of each method; none where no shadow models were asked for.</param>
public sealed record ComparisonResult(
    ComparisonFacts Facts, IReadOnlyList<MethodFacts> Methods, IReadOnlyList<TaskResult> Tasks, IReadOnlyList<MethodAttack> Attacks);
