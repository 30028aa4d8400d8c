namespace LegoNet.Lab.Reports;

/// <summary>A chart, drawn.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="Description">What is to be seen in it, for those who do not see it.</param>
/// <param name="Width">Its width in its own units.</param>
/// <param name="Height">Its height.</param>
/// <param name="Body">Elements of SVG, escaped.</param>
internal sealed record SvgChart(string Title, string Description, int Width, int Height, string Body);
