using LegoNet.Lab.Networks;

namespace LegoNet.Lab.Methods;

/// <summary>
/// Residual Feature Alignment with LoRA (arXiv 2411.08443): a branch beside the lowest layer, which starts at zero, is trained to stay zero on
/// retained records and to take the features of forgotten ones elsewhere; the network itself is frozen. Afterwards the branch is merged.
/// </summary>
/// <remarks>
/// Where to, the paper's abstract does not say. Our choice: the mean features of retained records of the same class, which carry no trace of
/// the record but its label; of all retained records where none of the class is left. So are rank, weights and steps.
/// </remarks>
public sealed class ApproximateFeatureAlignment : ApproximateMethod
{
    private const float Rate = 0.003f;
    private const float Consistency = 1;

    private readonly int _rank;
    private readonly int _epochs;
    private readonly int _retained;

    internal ApproximateFeatureAlignment(int rank = 4, int epochs = 20, int retained = 4, NetworkRecipe? recipe = null)
        : base(recipe)
    {
        _rank = rank;
        _epochs = epochs;
        _retained = retained;
    }

    /// <inheritdoc/>
    public override string Name => "residual feature alignment";

    private protected override string HowItForgets
        => FormattableString.Invariant($"a branch of rank {_rank}, {_epochs} epochs on forgotten and {_retained} times as many retained records, Adam {Rate}");

    private protected override bool ReadsRetained => true;

    private protected override void Forget(NetworkForgetting request)
    {
        var retained = request.SampleRetained(_retained);
        var before = request.Network.Clone();

        // So that both sides weigh the same, with so many retained records for each forgotten one.
        float pull = _retained;
        var objective = new FeatureAlignment(before, Targets(request, before, retained), pull, Consistency, request.Recipe.BatchSize, request.Threads);
        request.Network.AddBranch(_rank, new Draws(request.Seed, -8));
        request.Network.FreezeLayers(true);
        request.Train(
            [.. NetworkForgetting.Repeat([.. request.Forgotten.Select(request.Keep)], retained.Length / _retained), .. retained.Select(request.Keep)],
            _epochs,
            new OptimiserOptions(OptimiserKind.Adam, Rate),
            objective: objective);
        request.Network.FreezeLayers(false);
        request.Network.Layers[0].MergeBranch();
    }

    private static Dictionary<int, float[]> Targets(NetworkForgetting request, Network network, int[] retained)
    {
        var pass = new NetworkPass(network, retained.Length, request.Threads);
        pass.Forward(request.Records.Gather(retained));
        var length = network.Layers[0].Outputs;
        var all = new float[length];
        var byClass = new Dictionary<int, (float[] Sum, int Count)>();
        for (var i = 0; i < retained.Length; i++)
        {
            var features = pass.Features.Slice(i * length, length);
            var label = request.Records.Label(retained[i]);
            var (sum, count) = byClass.GetValueOrDefault(label, (new float[length], 0));
            Kernels.AddScaled(1, features, sum);
            Kernels.AddScaled(1f / retained.Length, features, all);
            byClass[label] = (sum, count + 1);
        }

        return request.Forgotten.ToDictionary(row => row, row => byClass.TryGetValue(request.Records.Label(row), out var of)
            ? Array.ConvertAll(of.Sum, v => v / of.Count)
            : all);
    }
}
