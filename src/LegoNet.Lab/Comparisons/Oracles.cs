using LegoNet.Lab.Attacks;
using LegoNet.Lab.Methods;

namespace LegoNet.Lab.Comparisons;

/// <summary>The models of one task that never saw what it forgets. Methods with the same oracle share them.</summary>
internal sealed class Oracles(ComparisonPlan plan, Yardstick yardstick, CancellationToken cancellationToken)
{
    private readonly Dictionary<(string Name, string Settings, long Seed), JudgedModel> _bySeed = [];
    private readonly Dictionary<(string Name, string Settings), double[][]> _margins = [];

    /// <summary>The oracle of a run with a seed.</summary>
    /// <param name="oracle">The oracle's method.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="before">The model of all records that the run began with; of one seed it is the same for all methods of this oracle.</param>
    public JudgedModel Of(IForgettingMethod oracle, long seed, IScoringModel before)
    {
        var key = (oracle.Name, oracle.Settings, seed);
        if (!_bySeed.TryGetValue(key, out var judged))
        {
            using var run = Train(oracle, seed, plan.Threads);
            _bySeed[key] = judged = JudgedModel.Of(
                run.Model, yardstick, plan.Threads, yardstick.RelearningSteps(run.Model, before, cancellationToken));
        }

        return judged;
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
        ShadowModels.Train(
            margins.Length,
            plan.Threads,
            i =>
            {
                using var run = Train(oracle, SeedOf(i), threads: 1);
                margins[i] = JudgedModel.Of(run.Model, yardstick, threads: 1).Margins;
            },
            cancellationToken);
        return _margins[key] = margins;
    }

    // None of the runs' own.
    private long SeedOf(int oracle) => plan.Seeds.Max() + 1 + oracle;

    private MethodRun Train(IForgettingMethod oracle, long seed, int threads)
        => MethodRun.Train(oracle, yardstick.Records, yardstick.AllRetained, new RunSettings(seed, threads), cancellationToken);
}
