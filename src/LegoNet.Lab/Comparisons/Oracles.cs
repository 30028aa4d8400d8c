using LegoNet.Lab.Methods;

namespace LegoNet.Lab.Comparisons;

/// <summary>The models of one task that never saw what it forgets. Methods with the same oracle share them.</summary>
internal sealed class Oracles(ComparisonPlan plan, Yardstick yardstick, CancellationToken cancellationToken)
{
    private readonly Dictionary<(string Name, string Settings, long Seed), JudgedModel> _bySeed = [];
    private readonly Dictionary<(string Name, string Settings), double[][]> _margins = [];

    /// <summary>The oracle of a run with a seed.</summary>
    public JudgedModel Of(IForgettingMethod oracle, long seed)
    {
        var key = (oracle.Name, oracle.Settings, seed);
        return _bySeed.TryGetValue(key, out var known) ? known : _bySeed[key] = Train(oracle, seed, plan.Threads);
    }

    /// <summary>Margins of oracles with seeds of their own, [oracles][points].</summary>
    public double[][] Margins(IForgettingMethod oracle)
    {
        var key = (oracle.Name, oracle.Settings);
        if (_margins.TryGetValue(key, out var known))
        {
            return known;
        }

        // Side by side: nobody times them, and one alone would not use all threads as well.
        var margins = new double[plan.Oracles][];
        var options = new ParallelOptions { MaxDegreeOfParallelism = plan.Threads, CancellationToken = cancellationToken };
        Parallel.For(0, margins.Length, options, i => margins[i] = Train(oracle, SeedOf(i), threads: 1).Margins);
        return _margins[key] = margins;
    }

    // None of the runs' own.
    private long SeedOf(int oracle) => plan.Seeds.Max() + 1 + oracle;

    private JudgedModel Train(IForgettingMethod oracle, long seed, int threads)
    {
        using var run = MethodRun.Train(oracle, yardstick.Records, yardstick.AllRetained, new RunSettings(seed, threads), cancellationToken);
        return JudgedModel.Of(run.Model, yardstick, threads);
    }
}
