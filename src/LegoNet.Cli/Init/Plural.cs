namespace LegoNet.Cli.Init;

/// <summary>Counts in words.</summary>
internal static class Plural
{
    /// <summary>A number and its noun.</summary>
    public static string Of(long number, string one, string several) => $"{number:N0} {(number == 1 ? one : several)}";
}
