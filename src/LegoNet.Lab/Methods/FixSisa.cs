using System.Security.Cryptography;
using LegoNet.Lab.Networks;

namespace LegoNet.Lab.Methods;

/// <summary>
/// SISA (Bourtoule et al., 2021) on the frozen encoder: S shards, each with a head of its own that is trained on R slices, one more at a time,
/// with a checkpoint after each. A forget goes back to the checkpoint before the record's slice. Scores: ln of the mean probability.
/// </summary>
/// <remarks>
/// A record's shard and slice are drawn from the seed and the record alone, so that a model of the retained records has them too. A stage
/// trains 2 · epochs / (R + 1) epochs on all slices so far, so that all stages together visit as many rows as one training would.
/// </remarks>
public sealed class FixSisa : IForgettingMethod
{
    private readonly int _shards;
    private readonly int _slices;
    private readonly NetworkRecipe _recipe;

    internal FixSisa(int shards = 10, int slices = 5, NetworkRecipe? recipe = null)
    {
        _shards = shards;
        _slices = slices;
        _recipe = recipe ?? NetworkRecipe.Linear;
    }

    /// <inheritdoc/>
    public string Name => "FixSISA";

    /// <inheritdoc/>
    public MethodKind Kind => MethodKind.Exact;

    /// <inheritdoc/>
    public string Settings => $"{_shards} shards, {_slices} slices, {_recipe}";

    /// <inheritdoc/>
    public ITrainedState Train(RecordSet records, int[] rows, RunSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(records);
        ArgumentNullException.ThrowIfNull(settings);
        var state = new State(this, records, settings);
        state.Train(rows, Enumerable.Repeat(0, _shards), cancellationToken);
        return state;
    }

    private sealed class State(FixSisa method, RecordSet records, RunSettings settings) : ITrainedState
    {
        // After each stage, [shard][slice]. A shard without any record has its untrained head.
        private readonly Network[][] _checkpoints = [.. Enumerable.Range(0, method._shards).Select(_ => new Network[method._slices])];

        private int _rows;

        public IScoringModel Model { get; private set; } = null!;

        // The last checkpoint of each shard is the model's own.
        public long KeptBytes => Storage.OfRecords(records, _rows) + _checkpoints.Sum(shard => shard[..^1].Sum(c => c.Bytes));

        /// <summary>Trains shards from a slice on.</summary>
        /// <param name="rows">All rows.</param>
        /// <param name="from">The first slice to train, for each shard, [S]; R for none.</param>
        /// <param name="cancellationToken">Cancels.</param>
        public void Train(int[] rows, IEnumerable<int> from, CancellationToken cancellationToken)
        {
            var byShard = rows.ToLookup(row => Place(row).Shard);
            (int Shard, int First)[] trained = [.. from.Select((first, shard) => (shard, first)).Where(s => s.first < method._slices)];

            // Shards are independent. Where there are fewer than threads, the others help within one; no bit depends on either.
            var within = Math.Max(1, settings.Threads / Math.Max(1, trained.Length));
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = settings.Threads, CancellationToken = cancellationToken };
            Parallel.ForEach(trained, parallel, job =>
            {
                var (shard, first) = job;
                for (var slice = first; slice < method._slices; slice++)
                {
                    var seed = (long)Draws.Mix((ulong)settings.Seed, shard, slice);
                    var network = slice == 0 ? method._recipe.Create(records, seed) : _checkpoints[shard][slice - 1].Clone();
                    var plan = method._recipe.Plan(records, byShard[shard].Where(row => Place(row).Slice <= slice), seed);
                    var epochs = Math.Max(1, (int)Math.Round(2.0 * plan.Epochs / (method._slices + 1)));
                    NetworkTrainer.Train(network, records, plan with { Epochs = epochs }, within, cancellationToken);
                    _checkpoints[shard][slice] = network;
                }
            });

            _rows = rows.Length;
            Model = new MeanModel([.. Enumerable.Range(0, method._shards).Where(byShard.Contains).Select(shard => new NetworkModel(_checkpoints[shard][^1]))]);
        }

        public void Forget(int[] rows, int[] retained, CancellationToken cancellationToken)
        {
            var from = new int[method._shards];
            Array.Fill(from, method._slices);
            foreach (var (shard, slice) in rows.Select(Place))
            {
                from[shard] = Math.Min(from[shard], slice);
            }

            Train(retained, from, cancellationToken);
        }

        public void Dispose()
        {
        }

        private (int Shard, int Slice) Place(int row)
        {
            var word = Draws.Mix((ulong)settings.Seed, -2, row);
            return ((int)(word % (ulong)method._shards), (int)((word >> 32) % (ulong)method._slices));
        }
    }

    /// <summary>The mean of the probabilities of heads.</summary>
    private sealed class MeanModel(NetworkModel[] heads) : IScoringModel
    {
        public string Digest => field ??= Convert.ToHexStringLower(SHA256.HashData(Convert.FromHexString(string.Concat(heads.Select(h => h.Digest)))));

        public void Score(ReadOnlySpan<sbyte> codes, Span<double> scores)
        {
            var classes = heads[0].Network.Shape.Classes;
            var each = new double[scores.Length];
            scores.Clear();
            foreach (var head in heads)
            {
                head.Score(codes, each);
                for (var first = 0; first < each.Length; first += classes)
                {
                    Probability.OfScores(each.AsSpan(first, classes));
                }

                for (var i = 0; i < each.Length; i++)
                {
                    scores[i] += each[i] / heads.Length;
                }
            }

            foreach (ref var score in scores)
            {
                score = Math.Log(Math.Max(score, double.Epsilon));
            }
        }
    }
}
