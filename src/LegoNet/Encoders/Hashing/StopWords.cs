namespace LegoNet.Encoders.Hashing;

/// <summary>A language whose function words a <see cref="HashingEncoder"/> knows.</summary>
public enum StopWords
{
    /// <summary>None: every word counts in full.</summary>
    None,

    /// <summary>English.</summary>
    English,
}
