using LegoNet.Calibration;
using LegoNet.MLNet.Data;
using LegoNet.Routing;
using LegoNet.Specs;
using LegoNet.Store;

namespace LegoNet.MLNet.Encoders;

/// <summary>
/// What made the codes that a column carries, and all that a trainer needs to freeze a spec for them. It travels with the column as
/// an annotation (<see cref="EncoderAnnotation"/>); a step that rebuilds the column drops it.
/// </summary>
internal sealed class EncoderBinding
{
    /// <summary>The encoder's declaration as a model's spec stores it: canonical JSON without paths.</summary>
    public required string Declaration { get; init; }

    /// <summary>What made each code; stored with every record.</summary>
    public required EncoderFingerprint Fingerprint { get; init; }

    /// <summary>
    /// How encodings became these codes; null where the encoder gives codes directly. The codes have it behind them: it is not applied
    /// again.
    /// </summary>
    public CodeCalibration? Calibration { get; init; }

    /// <summary>Keys from public reference records, by number of adapters; null where the encoder has no card.</summary>
    public Func<int, KeySet>? PublicKeys { get; init; }

    /// <summary>The encoder's file; null for a built-in encoder.</summary>
    public string? ModelPath { get; init; }

    /// <summary>
    /// The directory of the cache of encodings that the column reads through, to be registered with every model that is trained on it; null
    /// for none.
    /// </summary>
    public string? CacheDirectory { get; init; }

    /// <summary>The encoder behind the cache; null without a cache.</summary>
    public SharedEncoder? CacheEncoder { get; init; }

    /// <summary>
    /// The input column whose values own the cache's rows; null without a cache. A trainer must store its records under the same
    /// subjects and ids, or a forget would not find their rows in the cache.
    /// </summary>
    public string? CacheSubjectColumn { get; init; }

    /// <summary>The input column whose values, within a subject, name the cache's rows; null without a cache.</summary>
    public string? CacheIdColumn { get; init; }

    /// <summary>Creates the cache if need be, so that it can be registered with a model before anything of a record reaches it.</summary>
    /// <returns>The cache's full path; null where there is none that could hold anything.</returns>
    /// <exception cref="LegoNetException">The cache holds another encoder's codes, is damaged or is none, or another process has it open.</exception>
    public string? PrepareCache()
    {
        if (CacheDirectory is null || CacheEncoder is null)
        {
            return CacheDirectory;
        }

        try
        {
            CacheLease.Open(CacheDirectory, CacheEncoder).Dispose();
        }
        catch (ObjectDisposedException)
        {
            // The rows were read earlier and are held in memory. The encoder is gone and adds nothing to the cache any more, but what it added is there.
            return Directory.Exists(CacheDirectory) ? CacheDirectory : null;
        }

        return CacheDirectory;
    }

    /// <summary>Checks that records will be stored under the names that own the cache's rows.</summary>
    /// <exception cref="ArgumentException">They would not, so a forget would purge nothing.</exception>
    public void CheckOwners(ViewColumns columns)
    {
        if (CacheIdColumn is not null && (columns.Id != CacheIdColumn || (columns.Subject ?? columns.Id) != CacheSubjectColumn))
        {
            throw new ArgumentException(
                $"The codes of column '{columns.Features}' are cached under subject column '{CacheSubjectColumn}' and id column '{CacheIdColumn}'; "
                + "set SubjectColumnName and IdColumnName to the same, or a forget would not find a record's row in the cache.");
        }
    }
}
