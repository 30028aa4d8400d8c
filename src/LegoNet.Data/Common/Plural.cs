namespace LegoNet;

/// <summary>Counts in words.</summary>
internal static class Plural
{
    /// <summary>A number and its noun, e.g. "1 record" or "2,000 records".</summary>
    /// <param name="number">The number.</param>
    /// <param name="one">The noun for one.</param>
    /// <param name="several">The noun for any other number; null where it takes an s.</param>
    public static string Of(long number, string one, string? several = null) => $"{number:N0} {Form(number, one, several ?? $"{one}s")}";

    /// <summary>The form of a word that goes with a number, e.g. "is" or "are".</summary>
    public static string Form(long number, string one, string several) => number == 1 ? one : several;
}
