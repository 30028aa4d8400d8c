using System.Security.Cryptography;
using LegoNet.Encoders;
using LegoNet.Ensembles;
using LegoNet.Records;
using LegoNet.Routing;
using LegoNet.Specs;

namespace LegoNet.Lab.Methods;

/// <summary>
/// This project's LegoNet: a model directory of its own, from which records are forgotten as users do it. The directory is a temporary one and
/// goes with the state, its ledger included.
/// </summary>
public sealed class LegoNetMethod : IForgettingMethod
{
    private readonly KeySet? _keys;

    /// <summary>Creates the method.</summary>
    /// <param name="name">Its name in reports.</param>
    /// <param name="adapter">The adapters' trainer as in a spec, e.g. {"trainer":"auto"}. A family like "mlnet:" must be registered.</param>
    /// <param name="temperature">As <see cref="ModelSpec.Temperature"/>: what suits the trainer.</param>
    /// <param name="ensemble">As <see cref="ModelSpec.Ensemble"/>: what suits the trainer.</param>
    /// <param name="size">Adapters n and k; null for <see cref="EnsembleSize.For"/>.</param>
    /// <param name="keys">Public keys, [n, d], for a declared size; null for Gaussian keys.</param>
    /// <exception cref="ArgumentException">The keys are not as many as the size declares.</exception>
    public LegoNetMethod(string name, string adapter, double temperature, EnsembleRule ensemble, EnsembleSize? size = null, KeySet? keys = null)
    {
        if (keys is not null && keys.Count != size?.Adapters)
        {
            throw new ArgumentException($"There are {keys.Count} keys for {size?.Adapters ?? 0} adapters.", nameof(keys));
        }

        Name = name;
        Adapter = adapter;
        Temperature = temperature;
        Ensemble = ensemble;
        Size = size;
        _keys = keys;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public MethodKind Kind => MethodKind.Exact;

    /// <summary>The adapters' trainer as in a spec.</summary>
    public string Adapter { get; }

    /// <summary>As <see cref="ModelSpec.Temperature"/>.</summary>
    public double Temperature { get; }

    /// <summary>As <see cref="ModelSpec.Ensemble"/>.</summary>
    public EnsembleRule Ensemble { get; }

    /// <summary>Adapters n and k; null where the number of records tells.</summary>
    public EnsembleSize? Size { get; }

    /// <inheritdoc/>
    public string Settings => $"{Adapter}, {(Size is { } size ? $"n {size.Adapters}, k {size.Active}" : "n and k by the number of records")}";

    /// <inheritdoc/>
    public ITrainedState Train(RecordSet records, int[] rows, RunSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(records);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(settings);

        // By all records and not by those that are trained on, or a model of the retained ones could have another size.
        var size = Size ?? EnsembleSize.For(records.Count, records.Dimension, records.Classes.Count);
        var keys = _keys ?? GaussianKeys.Create(settings.Seed, size.Adapters, records.Dimension);
        var fingerprint = new EncoderFingerprint(Convert.ToHexStringLower(SHA256.HashData("lab"u8)), "lab", "cpu", "integer", 1, 1);
        var spec = new ModelSpec
        {
            Task = LearningTask.Multiclass,
            Classes = records.Classes,
            Dimension = records.Dimension,
            Encoder = """{"type":"lab"}""",
            Fingerprint = fingerprint,
            Adapters = size.Adapters,
            Active = size.Active,
            Keys = _keys is null ? KeySource.Gaussian : KeySource.Public,
            KeysDigest = keys.Digest,
            Adapter = Adapter,
            Temperature = Temperature,
            Ensemble = Ensemble,
            Seed = settings.Seed,
        };
        var folder = Directory.CreateTempSubdirectory("legonet-lab-").FullName;
        try
        {
            // One key for all models of the lab, or no two would have the same digest. What it hides does not leave the folder.
            var tagKey = Path.Combine(folder, "tags.key");
            TagKey.FromBytes(SHA256.HashData("LegoNet.Lab"u8)).Save(tagKey);
            var definition = new ModelDefinition { Spec = spec, Keys = keys };
            var options = new ModelOptions { Threads = settings.Threads, TagKeyPath = tagKey };
            var model = LegoNetModel.Train(Path.Combine(folder, "model"), definition, rows.Select(Record), options, null, cancellationToken);
            return new State(folder, model);
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }

        EncodedRecord Record(int row)
            => new(Subject(row), Id, records.Classes[records.Label(row)], records.Code(row).ToArray(), fingerprint, $"record {row}");
    }

    private const string Id = "record";

    private static string Subject(int row) => $"row-{row}";

    private sealed class State(string folder, LegoNetModel model) : ITrainedState
    {
        public IScoringModel Model { get; private set; } = new ScorerModel(model.RootDigest, model.Scorer);

        // The directory without what scores, adapters and keys, and without the ledger, which proves what was forgotten and forgets nothing.
        public long KeptBytes => new DirectoryInfo(model.Path)
            .EnumerateFiles("*", SearchOption.AllDirectories)
            .Where(f => f.Directory!.Name is not ("adapters" or "ledger") && !f.Name.StartsWith("keys", StringComparison.Ordinal))
            .Sum(f => f.Length);

        public void Forget(int[] rows, int[] retained, CancellationToken cancellationToken)
        {
            model.Forget([.. rows.Select(row => new ForgetTarget(Subject(row), Id))], false, null, cancellationToken);
            Model = new ScorerModel(model.RootDigest, model.Scorer);
        }

        public void Dispose()
        {
            model.Dispose();
            Directory.Delete(folder, recursive: true);
        }
    }
}
