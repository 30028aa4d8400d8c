namespace LegoNet.Encoders.Tabular;

/// <summary>A column with finitely many levels, which a <see cref="TabularCross"/> can combine.</summary>
internal abstract class TabularDiscrete(string name, int amplitude) : TabularColumn([name], amplitude)
{
    /// <summary>The number of levels.</summary>
    internal abstract int Levels { get; }

    /// <summary>The field's level, or −1 where it is missing or unknown and declared to encode to zeros.</summary>
    /// <exception cref="LegoNetException">The field is missing, unknown or no number where that is an error.</exception>
    internal abstract int Level(string field, HashSet<string> missingMarks, string origin);
}
