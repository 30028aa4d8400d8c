using LegoNet.Lab.Methods;

namespace LegoNet.Lab.Reports;

/// <summary>A method in a chart: the median over seeds, and from the least to the greatest.</summary>
internal sealed record ChartPoint(int Number, string Name, MethodKind Kind, Spread X, Spread Y);
