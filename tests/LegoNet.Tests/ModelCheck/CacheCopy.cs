namespace LegoNet.Tests.ModelCheck;

/// <summary>A cache of encodings, wherever it is now.</summary>
internal sealed class CacheCopy(int number, string place)
{
    /// <summary>What it is by, also where another takes its place.</summary>
    public int Number => number;

    public string Place { get; set; } = place;

    /// <summary>The records that it holds.</summary>
    public HashSet<Identity> Rows { get; } = [];
}
