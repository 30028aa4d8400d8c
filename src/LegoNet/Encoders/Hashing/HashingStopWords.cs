using System.Text;

namespace LegoNet.Encoders.Hashing;

/// <summary>A fixed list of English function words. It is part of the encoder's version: it came from no data set and follows none.</summary>
internal static class HashingStopWords
{
    private const string English = """
        a about above after again against all am an and any are as at be because been before being below between both but by
        can cannot could d did didn do does doesn doing don down during each few for from further had has have having he her
        here hers herself him himself his how i if in into is isn it its itself just ll m me more most my myself no nor not now
        of off on once only or other our ours ourselves out over own re s same she should so some such t than that the their
        theirs them themselves then there these they this those through to too under until up ve very was wasn we were what
        when where which while who whom why will with would you your yours yourself yourselves
        """;

    // By hash, because the encoder has each word's hash at hand anyway.
    private static readonly HashSet<ulong> s_english =
    [
        .. English.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries)
            .Select(word => HashingXx64.Hash(Encoding.ASCII.GetBytes(word), HashingEncoder.WordSeed)),
    ];

    /// <summary>Whether the word with this hash is a function word.</summary>
    internal static bool Contains(ulong hash) => s_english.Contains(hash);
}
