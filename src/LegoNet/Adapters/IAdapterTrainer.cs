using LegoNet.Specs;

namespace LegoNet.Adapters;

/// <summary>
/// Fits adapters. Fitting is a pure function of the shard's rows as a set, the trainer's options and the seed; what it returns
/// must be byte for byte the same whatever order the rows came in and however the shard came about.
/// </summary>
public interface IAdapterTrainer
{
    /// <summary>The trainer's name in a spec, e.g. "ridge".</summary>
    string Name { get; }

    /// <summary>The trainer's name and options as canonical JSON, as stored in the model's spec.</summary>
    string Declaration { get; }

    /// <summary>Ending of the adapters' files, with the dot.</summary>
    string FileExtension { get; }

    /// <summary>
    /// Null when a fit on this machine, with the packages at hand, gives the bytes that training gave; otherwise one sentence for the
    /// user: what differs from what the <see cref="Declaration"/> records, and what to do about it.
    /// </summary>
    /// <remarks>
    /// Where it is not null, nothing is fitted: changes and trainings are refused, so that adapters of two machines never mix, and a
    /// verification says that adapters are not comparable here. Reading, scoring and forecasts go on working, so <see cref="Load"/> must.
    /// </remarks>
    string? WhyNotRefittable { get; }

    /// <summary>
    /// The temperature of a spec that declares none: the one that suits this trainer's scores. Default: <see cref="ModelSpec.DefaultTemperature"/>,
    /// for scores that are fitted to 0 and 1.
    /// </summary>
    double DefaultTemperature => ModelSpec.DefaultTemperature;

    /// <summary>The rule of the ensemble of a spec that declares none: the one that suits this trainer's scores. Default: their mean.</summary>
    EnsembleRule DefaultEnsemble => EnsembleRule.Scores;

    /// <summary>Cost of a refit from rows, in multiply-adds.</summary>
    /// <param name="rows">Rows, m.</param>
    /// <param name="dimension">Length d of a code.</param>
    /// <param name="outputs">Scores per record, C.</param>
    double RefitCost(long rows, int dimension, int outputs);

    /// <summary>Fits an adapter to a shard of at least one row.</summary>
    /// <param name="shard">The rows.</param>
    /// <param name="settings">The adapter's seed, and the threads to use.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="LegoNetException">The shard cannot be fitted under the declared options.</exception>
    FittedAdapter Fit(Shard shard, FitSettings settings, CancellationToken cancellationToken);

    /// <summary>Reads an adapter's file.</summary>
    /// <param name="bytes">The file, digest already checked.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <exception cref="LegoNetException">The file is not an adapter of this trainer.</exception>
    IAdapter Load(ReadOnlyMemory<byte> bytes, string file);
}
