namespace LegoNet.Cli.Tests.Architecture.Samples.Ring.Two;

/// <summary>A third of a circle of three namespaces.</summary>
internal static class OfTwo
{
    public static Type Next => typeof(Three.OfThree);
}
