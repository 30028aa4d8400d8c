using LegoNet.Calibration;
using LegoNet.Ensembles;
using LegoNet.Specs;
using LegoNet.Store;

namespace LegoNet.Hosting;

/// <summary>
/// One committed state of a hosted model: every score of it comes from that state, whatever is committed meanwhile. Thread-safe.
/// </summary>
/// <remarks>
/// Use it for one batch and let go of it. A snapshot holds the influence of records that a later commit forgot, so it expires
/// (see <see cref="LegoNetModelProvider"/>): scoring then throws <see cref="SnapshotExpiredException"/>, and the adapters are
/// released even where something still refers to the snapshot or its scorer. A call under way when that happens completes.
/// </remarks>
public sealed class ModelSnapshot
{
    private readonly Scorer _scorer;

    internal ModelSnapshot(ModelState state, SnapshotLease lease)
    {
        RootDigest = state.Root;
        ManifestDigest = state.ManifestDigest;
        Spec = state.Spec;
        Calibration = state.Parts.Calibration;
        Lease = lease;
        _scorer = state.Scorer.WithLease(lease);
    }

    /// <summary>The name of this state of the model (<see cref="LegoNetModel.RootDigest"/>).</summary>
    public string RootDigest { get; }

    /// <summary>The frozen spec.</summary>
    public ModelSpec Spec { get; }

    /// <summary>From encoding to code; null where the encoder gives codes directly.</summary>
    public CodeCalibration? Calibration { get; }

    /// <summary>Whether scoring throws from now on.</summary>
    public bool IsExpired => Lease.HasEnded;

    /// <summary>The scorer of this state. It expires with the snapshot.</summary>
    /// <exception cref="SnapshotExpiredException">The snapshot has expired.</exception>
    public Scorer Scorer => Lease.HasEnded ? throw Lease.Expired() : _scorer;

    internal SnapshotLease Lease { get; }

    internal string ManifestDigest { get; }

    /// <summary>Mean scores of a batch of codes.</summary>
    /// <param name="codes">Row-major codes, [m, d], each in −127…127.</param>
    /// <param name="scores">Receives row-major mean scores, [m, C]; for regression in steps above the declared minimum.</param>
    /// <exception cref="SnapshotExpiredException">The snapshot has expired.</exception>
    /// <exception cref="ArgumentException">A span's length does not fit the spec.</exception>
    public void Score(ReadOnlySpan<sbyte> codes, Span<double> scores) => _scorer.Score(codes, scores);

    /// <summary>Predicts one record.</summary>
    /// <param name="code">The code, [d], each in −127…127.</param>
    /// <exception cref="SnapshotExpiredException">The snapshot has expired.</exception>
    /// <exception cref="ArgumentException">The code's length does not fit the spec.</exception>
    public Prediction Predict(ReadOnlySpan<sbyte> code) => _scorer.Predict(code);

    /// <summary>The scorer, without keeping this snapshot or it alive.</summary>
    internal WeakReference<Scorer> Retire() => new(_scorer);

    /// <summary>Lets go of the adapters.</summary>
    internal void Release() => _scorer.Release();
}
