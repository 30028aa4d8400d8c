namespace LegoNet.Ensembles;

/// <summary>
/// Until when a snapshot may score. It always ends: each check that finds the snapshot to be the model's newest state extends it,
/// and nothing else does, so that a provider whose checks fail or stall stops serving too.
/// </summary>
internal sealed class SnapshotLease(TimeProvider clock, string root, long deadline)
{
    private long _deadline = deadline;

    public bool HasEnded => clock.GetTimestamp() >= Volatile.Read(ref _deadline);

    /// <summary>Moves the end to a later time. Only the provider's check calls this, one at a time.</summary>
    public void ExtendTo(long deadline) => Volatile.Write(ref _deadline, Math.Max(deadline, _deadline));

    /// <summary>Moves the end to an earlier time; a later one changes nothing.</summary>
    public void EndBy(long deadline) => Volatile.Write(ref _deadline, Math.Min(deadline, _deadline));

    public SnapshotExpiredException Expired() => new(root);
}
