using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using LegoNet.Lab.Networks;

namespace LegoNet.Lab.Methods;

/// <summary>
/// LegoNet as published (arXiv 2210.16023): keys are codes of random training records plus noise, a record activates the k nearest by Euclidean
/// distance, adapters are softmax heads, scores are the mean of the k. To forget, the k heads that the record activated start anew.
/// </summary>
/// <remarks>
/// Its keys stay when their records are forgotten: they encode them, and a model of the retained records has others. So it is not exact. The
/// mean is that of logits, the noise 2 steps of the code: both our choice. A head without records has no voice.
/// </remarks>
public sealed class PublishedLegoNet : IForgettingMethod
{
    private readonly int _adapters;
    private readonly int _active;
    private readonly NetworkRecipe _recipe;

    internal PublishedLegoNet(int adapters = 100, int active = 10, NetworkRecipe? recipe = null)
    {
        _adapters = adapters;
        _active = active;
        _recipe = recipe ?? NetworkRecipe.Linear;
    }

    /// <inheritdoc/>
    public string Name => "LegoNet as published";

    /// <inheritdoc/>
    public MethodKind Kind => MethodKind.AsPublished;

    /// <inheritdoc/>
    public string Settings => $"n {_adapters}, k {_active}, {_recipe}; its keys encode training records";

    /// <inheritdoc/>
    public ITrainedState Train(RecordSet records, int[] rows, RunSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(records);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(settings);
        if (rows.Length < _adapters)
        {
            throw LegoNetException.BadInput(
                $"{Name} draws the keys of its {_adapters:N0} adapters from the training records, of which there are {rows.Length:N0}.");
        }

        var state = new State(this, records, rows, settings);
        state.Fit(Enumerable.Range(0, _adapters), cancellationToken);
        return state;
    }

    private sealed class State : ITrainedState
    {
        private const float Noise = 2;

        private readonly PublishedLegoNet _method;
        private readonly RecordSet _records;
        private readonly RunSettings _settings;
        private readonly Keys _keys;
        private readonly Dictionary<int, int[]> _routes;
        private readonly int[][] _shards;
        private readonly NetworkModel?[] _heads;

        public State(PublishedLegoNet method, RecordSet records, int[] rows, RunSettings settings)
        {
            _method = method;
            _records = records;
            _settings = settings;
            var draws = new Draws(settings.Seed, -3);
            var keys = draws.Sample(rows, method._adapters).SelectMany(row => records.Code(row).ToArray());
            _keys = new Keys([.. keys.Select(code => code + (Noise * draws.Bell()))], records.Dimension, method._active);
            _routes = rows.Zip(_keys.Route(records.Gather(rows), settings.Threads)).ToDictionary(r => r.First, r => r.Second);
            _heads = new NetworkModel?[method._adapters];
            var activated = rows.SelectMany(row => _routes[row].Select(adapter => (adapter, row))).ToLookup(a => a.adapter, a => a.row);
            _shards = [.. Enumerable.Range(0, method._adapters).Select(adapter => activated[adapter].ToArray())];
        }

        public IScoringModel Model { get; private set; } = null!;

        public long KeptBytes => Storage.OfRecords(_records, _routes.Count) + ((long)sizeof(int) * _method._active * _routes.Count);

        public void Fit(IEnumerable<int> adapters, CancellationToken cancellationToken)
        {
            int[] trained = [.. adapters];

            // Heads are independent. Where there are fewer than threads, the others help within one; no bit depends on either.
            var within = Math.Max(1, _settings.Threads / Math.Max(1, trained.Length));
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = _settings.Threads, CancellationToken = cancellationToken };
            Parallel.ForEach(trained, parallel, adapter =>
            {
                var seed = (long)Draws.Mix((ulong)_settings.Seed, adapter);
                var network = _method._recipe.Create(_records, seed);
                NetworkTrainer.Train(network, _records, _method._recipe.Plan(_records, _shards[adapter], seed), within, cancellationToken);
                _heads[adapter] = _shards[adapter].Length > 0 ? new NetworkModel(network) : null;
            });

            Model = new RoutedModel(_keys, [.. _heads], _records.Classes.Count);
        }

        public void Forget(int[] rows, int[] retained, CancellationToken cancellationToken)
        {
            int[] touched = [.. rows.SelectMany(row => _routes[row]).Distinct().Order()];
            var forgotten = rows.ToHashSet();
            foreach (var adapter in touched)
            {
                _shards[adapter] = [.. _shards[adapter].Where(row => !forgotten.Contains(row))];
            }

            foreach (var row in rows)
            {
                _routes.Remove(row);
            }

            Fit(touched, cancellationToken);
        }

        public void Dispose()
        {
        }
    }

    private sealed class Keys(float[] values, int dimension, int active)
    {
        private const int BatchSize = 256;

        // ‖key − code‖² is ‖key‖² − 2 key·code and what is the same for every key.
        private readonly double[] _squares = [.. values.Chunk(dimension).Select(key => key.Sum(v => (double)v * v))];

        public ReadOnlySpan<byte> Bytes => MemoryMarshal.AsBytes<float>(values);

        /// <summary>The nearest keys of each record, [m][k], nearest first; ties go to the lower.</summary>
        public int[][] Route(ReadOnlySpan<sbyte> codes, int threads)
        {
            var (count, rows) = (_squares.Length, codes.Length / dimension);
            var routes = new int[rows][];
            float[] batch = new float[BatchSize * dimension], products = new float[BatchSize * count];
            for (var first = 0; first < rows; first += BatchSize)
            {
                var size = Math.Min(BatchSize, rows - first);
                for (var i = 0; i < size * dimension; i++)
                {
                    batch[i] = codes[(first * dimension) + i];
                }

                Kernels.TimesTransposed(batch, values, products, size, count, dimension, threads);
                for (var i = 0; i < size; i++)
                {
                    var from = i * count;
                    routes[first + i] = [.. Enumerable.Range(0, count).OrderBy(key => _squares[key] - (2.0 * products[from + key])).Take(active)];
                }
            }

            return routes;
        }
    }

    private sealed class RoutedModel(Keys keys, NetworkModel?[] heads, int classes) : IScoringModel
    {
        public string Digest => field ??= Convert.ToHexStringLower(
            SHA256.HashData([.. keys.Bytes, .. Encoding.ASCII.GetBytes(string.Join(',', heads.Select(h => h?.Digest)))]));

        public void Score(ReadOnlySpan<sbyte> codes, Span<double> scores)
        {
            var rows = scores.Length / classes;
            var dimension = codes.Length / Math.Max(rows, 1);
            var routes = keys.Route(codes, threads: 1);
            int[] voices = [.. routes.Select(route => route.Count(adapter => heads[adapter] is not null))];
            scores.Clear();
            foreach (var visits in routes.SelectMany((route, row) => route.Select(adapter => (adapter, row))).ToLookup(v => v.adapter, v => v.row))
            {
                if (heads[visits.Key] is { } head)
                {
                    int[] visitors = [.. visits];
                    var gathered = new sbyte[visitors.Length * dimension];
                    for (var i = 0; i < visitors.Length; i++)
                    {
                        codes.Slice(visitors[i] * dimension, dimension).CopyTo(gathered.AsSpan(i * dimension));
                    }

                    var each = new double[visitors.Length * classes];
                    head.Score(gathered, each);
                    for (var i = 0; i < each.Length; i++)
                    {
                        var row = visitors[i / classes];
                        scores[(row * classes) + (i % classes)] += each[i] / voices[row];
                    }
                }
            }
        }
    }
}
