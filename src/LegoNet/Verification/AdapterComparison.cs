using LegoNet.Adapters;
using LegoNet.Changes;
using LegoNet.Data.Files;
using LegoNet.Data.Formats;
using LegoNet.Files;
using LegoNet.Records;
using LegoNet.Specs;
using LegoNet.Store;

namespace LegoNet.Verification;

/// <summary>Derives adapters from stored records and compares them with the stored ones.</summary>
/// <param name="manifest">Names the stored adapters.</param>
/// <param name="files">The model's files.</param>
/// <param name="spec">The model's spec.</param>
/// <param name="trainer">The adapters' trainer; null where it is not known here.</param>
/// <param name="differences">Receives what differs, one sentence each.</param>
/// <param name="damaged">Receives what cannot be read.</param>
internal sealed class AdapterComparison(
    Manifest manifest,
    ModelFiles files,
    ModelSpec spec,
    IAdapterTrainer? trainer,
    List<string> differences,
    Action<LegoNetException> damaged)
{
    private readonly DerivedFiles _derived = new();

    // Where the trainer is not even known, what it would name its files is taken from the manifest.
    public string Extension => trainer?.FileExtension ?? manifest.AdapterExtension;

    /// <summary>Fits adapters anew and compares every byte.</summary>
    /// <returns>The adapters' entries as the records give them; null for those that were not asked for or have no rows.</returns>
    public AdapterEntry?[] Fit(ShardAssignment shards, int[] adapters, int threads, IProgress<LegoNetProgress>? progress, CancellationToken cancellationToken)
        => Compare(adapters, new Refitter(spec, trainer!, _derived, threads, progress).Fit(shards, adapters, cancellationToken));

    /// <summary>Compares what needs no fit, where none is possible: rows and subjects follow from the records, the rest is as stored.</summary>
    public AdapterEntry?[] CompareShards(ShardAssignment shards, int[] adapters, CancellationToken cancellationToken)
    {
        var entries = new AdapterEntry?[spec.Adapters];
        foreach (var a in adapters)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var rows = shards.Rows(a);
            if (rows.Count > 0)
            {
                var stored = manifest.Adapters[a];
                entries[a] = new AdapterEntry(a, rows.Count, stored?.Adapter ?? "", stored is null ? "" : ShardDigest(stored, rows));
            }
        }

        return Compare(adapters, entries);
    }

    private string ShardDigest(AdapterEntry stored, IReadOnlyList<RowRef> rows)
    {
        // A trainer's sums are its own; that they have no place in the file is known where it says so.
        var keepsSums = trainer is null || (trainer is ISummingTrainer summing && summing.KeepsSums(rows.Count, spec.Dimension));
        try
        {
            var file = ShardFile.Parse(files.Read(stored.ShardFile, stored.Shard), stored.ShardFile);
            return Digests.Of(new ShardFile(ShardFile.SubjectsOf(rows), keepsSums ? file.Sums : null).ToFile());
        }
        catch (LegoNetException e)
        {
            damaged(e);
            return stored.Shard; // There is nothing to compare.
        }
    }

    private AdapterEntry?[] Compare(int[] adapters, AdapterEntry?[] entries)
    {
        foreach (var a in adapters)
        {
            Compare(entries[a], manifest.Adapters[a]);
        }

        return entries;
    }

    private void Compare(AdapterEntry? derived, AdapterEntry? stored)
    {
        if (derived == stored)
        {
            return;
        }

        if (derived is null || stored is null)
        {
            differences.Add($"adapter {(derived ?? stored)!.Number}: is stored {(stored is null ? "as empty but has rows" : "but has no rows")}");
            return;
        }

        if (derived.Rows != stored.Rows)
        {
            differences.Add($"{Manifest.FileName}: names {stored.Rows} rows for adapter {derived.Number}, which has {derived.Rows}");
        }

        if (derived.Shard != stored.Shard)
        {
            differences.Add($"{stored.ShardFile}: is not what the stored records give");
        }

        if (derived.Adapter != stored.Adapter)
        {
            var file = stored.AdapterFile(manifest.AdapterExtension);
            differences.Add($"{file}: {Describe(file, stored.Adapter, _derived.Get(derived.AdapterFile(Extension)))}");
        }
    }

    private string Describe(string file, string digest, byte[] derived)
    {
        try
        {
            var (a, b) = (SafetensorsFile.Parse(files.Read(file, digest), "stored"), SafetensorsFile.Parse(derived, "derived"));
            if (b.Header.TryGet("weights", out var info))
            {
                var shape = info.Shape.ToArray();
                var x = a.Get<float>("weights", shape);
                var y = b.Get<float>("weights", shape);
                var first = x.CommonPrefixLength(y);
                if (first < x.Length)
                {
                    var count = 0;
                    for (var i = 0; i < x.Length; i++)
                    {
                        count += BitConverter.SingleToInt32Bits(x[i]) == BitConverter.SingleToInt32Bits(y[i]) ? 0 : 1;
                    }

                    return FormattableString.Invariant(
                        $"weight [{first / shape[1]}, {first % shape[1]}] is {x[first]:R} where the records give {y[first]:R}")
                        + $" ({count} of {x.Length} weights differ)";
                }
            }
        }
        catch (LegoNetException)
        {
            // Damaged, or not the arrays of a linear adapter: the bytes differ, and that is all there is to say.
        }

        return "is not what the stored records give";
    }

    /// <summary>Keeps derived adapters for comparison; of shard files the digests in their names are enough.</summary>
    private sealed class DerivedFiles : IFileSink
    {
        private readonly Dictionary<string, byte[]> _adapters = new(StringComparer.Ordinal);

        public void Put(string name, byte[] bytes)
        {
            if (name.StartsWith("adapters/", StringComparison.Ordinal))
            {
                lock (_adapters)
                {
                    _adapters[name] = bytes;
                }
            }
        }

        public byte[] Get(string name) => _adapters[name];
    }
}
