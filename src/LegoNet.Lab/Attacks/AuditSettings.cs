namespace LegoNet.Lab.Attacks;

/// <summary>Settings of an audit. None but the threads may be chosen after a look at the result.</summary>
/// <param name="ShadowModels">Models that never saw the records in question, from <see cref="FewestShadowModels"/>.</param>
/// <param name="Seed">Seed of everything that is drawn.</param>
/// <param name="Threads">Shadow models trained at a time, from 1. They change no result.</param>
public sealed record AuditSettings(int ShadowModels = 64, long Seed = 1, int Threads = 1)
{
    /// <summary>The fewest shadow models whose spread means something.</summary>
    public const int FewestShadowModels = 16;

    /// <summary>An attack beats chance below this p-value, corrected for the number of tests.</summary>
    public const double Level = 0.001;

    /// <summary>The fewest unseen records, of classes that the records in question have, that an audit starts with.</summary>
    public const int FewestUnseen = 5;
}
