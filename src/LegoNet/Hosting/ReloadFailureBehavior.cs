namespace LegoNet.Hosting;

/// <summary>What a provider does with the state it serves when the model's newest state can't be read.</summary>
public enum ReloadFailureBehavior
{
    /// <summary>
    /// Scoring goes on for at most <see cref="LegoNetModelProviderOptions.SnapshotGracePeriod"/> after the first failure; then
    /// <see cref="LegoNetModelProvider.Current"/> throws with the damage until the model can be read again.
    /// </summary>
    KeepForGracePeriod,

    /// <summary>Scoring stops at the first failure, on snapshots in use too, and <see cref="LegoNetModelProvider.Current"/> throws with the damage.</summary>
    StopAtOnce,
}
