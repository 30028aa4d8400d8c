namespace LegoNet.Cli.Tests.Architecture.Samples.Ring.One;

/// <summary>A third of a circle of three namespaces.</summary>
internal static class OfOne
{
    public static Type Next => typeof(Two.OfTwo);
}
