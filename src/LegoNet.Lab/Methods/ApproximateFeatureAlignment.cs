using LegoNet.Lab.Networks;

namespace LegoNet.Lab.Methods;

/// <summary>
/// Residual Feature Alignment with LoRA (arXiv 2411.08443): a branch beside the lowest layer, which starts at zero, is trained to stay zero on
/// retained records and to take the features of forgotten ones elsewhere; the network itself is frozen. Afterwards the branch is merged.
/// </summary>
/// <remarks>
/// Where to, the paper's abstract does not say. Our choice: the mean features of those retained records whose codes are nearest, which is what
/// the network makes of such a record by others alone. They are looked for among a thousand drawn ones. So are rank, weights and steps.
/// </remarks>
public sealed class ApproximateFeatureAlignment : ApproximateMethod
{
    private const float Consistency = 1;
    private const int MostSearched = 1000;

    private readonly int _rank;
    private readonly int _epochs;
    private readonly int _retained;
    private readonly float _rate;
    private readonly float _pull;
    private readonly int _neighbours;

    internal ApproximateFeatureAlignment(
        int rank = 4, int epochs = 4, int retained = 4, float rate = 0.001f, float pull = 10, int neighbours = 20, NetworkRecipe? recipe = null)
        : base(recipe)
    {
        _rank = rank;
        _epochs = epochs;
        _retained = retained;
        _rate = rate;
        _pull = pull;
        _neighbours = neighbours;
    }

    /// <inheritdoc/>
    public override string Name => "residual feature alignment";

    private protected override string HowItForgets => FormattableString.Invariant(
        $"a branch of rank {_rank}, {_epochs} epochs on forgotten and {_retained} times as many retained records, features of {_neighbours} neighbours as ")
        + FormattableString.Invariant($"the target with weight {_pull}, Adam {_rate}");

    private protected override bool ReadsRetained => true;

    private protected override void Forget(NetworkForgetting request)
    {
        var retained = request.SampleRetained(_retained);
        var before = request.Network.Clone();

        // Times as many as there are retained records for each forgotten one, so that at 1 both sides weigh the same.
        var pull = _pull * _retained;
        var objective = new FeatureAlignment(before, Targets(request, before), pull, Consistency, request.Recipe.BatchSize, request.Threads);
        request.Network.AddBranch(_rank, new Draws(request.Seed, -8));
        request.Network.FreezeLayers(true);
        request.Train(
            [.. NetworkForgetting.Repeat([.. request.Forgotten.Select(request.Keep)], retained.Length / _retained), .. retained.Select(request.Keep)],
            _epochs,
            NetworkForgetting.Adam(_rate),
            objective: objective);
        request.Network.FreezeLayers(false);
        request.Network.Layers[0].MergeBranch();
    }

    private Dictionary<int, float[]> Targets(NetworkForgetting request, Network network)
    {
        var searched = new Draws(request.Seed, -9).Sample(request.Retained, MostSearched);
        var pass = new NetworkPass(network, searched.Length, request.Threads);
        pass.Forward(request.Records.Gather(searched));
        var (features, length) = (pass.Features.ToArray(), network.Layers[0].Outputs);
        var targets = new Dictionary<int, float[]>();
        foreach (var (row, nearest) in request.Forgotten.Zip(Nearest(request, searched)))
        {
            var mean = new float[length];
            foreach (var neighbour in nearest)
            {
                Kernels.AddScaled(1f / nearest.Length, features.AsSpan(neighbour * length, length), mean);
            }

            targets.Add(row, mean);
        }

        return targets;
    }

    // For each forgotten record the places of the nearest, by Euclidean distance: ‖r‖² − 2 r·f, and what is the same for every r.
    private IEnumerable<int[]> Nearest(NetworkForgetting request, int[] searched)
    {
        var (dimension, count) = (request.Records.Dimension, searched.Length);
        float[] others = ToNumbers(searched), products = new float[request.Recipe.BatchSize * count];
        double[] squares = [.. others.Chunk(dimension).Select(r => r.Sum(v => (double)v * v))];
        foreach (var batch in request.Forgotten.Chunk(request.Recipe.BatchSize))
        {
            Kernels.TimesTransposed(ToNumbers(batch), others, products, batch.Length, count, dimension, request.Threads);
            for (var i = 0; i < batch.Length; i++)
            {
                var first = i * count;
                yield return [.. Enumerable.Range(0, count).OrderBy(r => squares[r] - (2.0 * products[first + r])).Take(_neighbours)];
            }
        }

        float[] ToNumbers(int[] rows)
        {
            var numbers = new float[rows.Length * dimension];
            Kernels.ToNumbers(request.Records.Gather(rows), numbers);
            return numbers;
        }
    }
}
