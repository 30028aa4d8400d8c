namespace LegoNet.Cli.Tests.Architecture.Samples.Ring.Three;

/// <summary>A third of a circle of three namespaces.</summary>
internal static class OfThree
{
    public static Type Next => typeof(One.OfOne);
}
