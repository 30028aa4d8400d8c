namespace LegoNet.MLNet.Data;

/// <summary>Checks that several kinds of options share. What fails is an <see cref="ArgumentException"/> whose parameter is the option.</summary>
internal static class OptionRules
{
    /// <summary>A rule of the option's own.</summary>
    /// <param name="holds">Whether it holds.</param>
    /// <param name="rule">What is said where it does not.</param>
    /// <param name="option">The option.</param>
    public static void Require(bool holds, string rule, string option)
    {
        if (!holds)
        {
            throw new ArgumentException(rule, option);
        }
    }

    /// <summary>An option that the core refuses.</summary>
    /// <param name="option">The option.</param>
    /// <param name="why">The core's reason.</param>
    public static ArgumentException Refused(string option, LegoNetException why) => new(why.Message, option, why);

    /// <summary>A text that may be left out, but not blank.</summary>
    public static void RequireNullOrNotBlank(string? value, string option)
        => Require(value is null || !string.IsNullOrWhiteSpace(value), "Must be null or not blank.", option);

    /// <summary>A number within [min, max].</summary>
    public static void RequireRange(double value, double min, double max, string option)
    {
        if (!(value >= min && value <= max))
        {
            throw new ArgumentOutOfRangeException(option, value, FormattableString.Invariant($"Must be from {min} to {max}."));
        }
    }
}
