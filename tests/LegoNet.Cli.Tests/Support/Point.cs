namespace LegoNet.Cli.Tests.Support;

/// <summary>A generated record of the vector pipelines.</summary>
internal sealed record Point(string Subject, string Id, string Label, float[] Values);
