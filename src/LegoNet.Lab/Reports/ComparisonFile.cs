using LegoNet.Lab.Attacks;
using LegoNet.Lab.Comparisons;

namespace LegoNet.Lab.Reports;

/// <summary>A result as it lies in a file: with the number of its format.</summary>
internal sealed record ComparisonFile(
    int Format, ComparisonFacts Facts, IReadOnlyList<MethodFacts> Methods, IReadOnlyList<TaskResult> Tasks, IReadOnlyList<MethodAttack> Attacks);
