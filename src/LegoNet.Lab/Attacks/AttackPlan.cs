namespace LegoNet.Lab.Attacks;

/// <summary>How large an attack is.</summary>
public sealed record AttackPlan
{
    /// <summary>The fewest models that an attack can be made with.</summary>
    public const int LeastModels = 12;

    /// <summary>Models to train for each method, each then attacked with the help of the others. A third of them is there for each kind of record.</summary>
    public int ShadowModels { get; init; } = 64;

    /// <summary>
    /// Records of the subsample; all where there are fewer. Half of them are in a model. 4,000 is what 64 models of each method can be trained on
    /// within half an hour.
    /// </summary>
    public int Records { get; init; } = 4000;

    /// <summary>
    /// Candidates of each choice, at most a tenth of the records. 200 make over 4,000 trials with a never-seen record, so that a rate of
    /// 0.1 % false positives is four of them and not a part of one.
    /// </summary>
    public int Candidates { get; init; } = 200;

    /// <summary>Seed of every draw.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Models to train at a time, each by one thread. They change no result.</summary>
    public int Threads { get; init; } = 1;
}
