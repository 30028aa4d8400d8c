using LegoNet.Lab;
using LegoNet.Lab.Methods;
using LegoNet.Lab.Networks;
using LegoNet.Lab.Tasks;

namespace LegoNet.Benchmarks.Lab;

/// <summary>One task with one seed, and the retrained networks that methods are held against there.</summary>
internal sealed class LabTrial
{
    private const int Oracles = 5;
    private const int MostRetained = 2000;

    private readonly RecordSet _records;
    private readonly RecordSet _held;
    private readonly ForgetTask _task;
    private readonly RunSettings _settings;
    private readonly int[] _forgotten;
    private readonly int[] _heldOfOthers;
    private readonly double[] _forgottenTarget;
    private readonly double[] _heldTarget;
    private readonly int[] _retained;
    private readonly double[] _retainedTarget;
    private readonly Network _start;
    private readonly double _unit;

    /// <param name="records">The records that networks are trained on.</param>
    /// <param name="held">Records that no network is trained on.</param>
    /// <param name="task">What is to be forgotten.</param>
    /// <param name="seed">The seed of what forgets.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public LabTrial(RecordSet records, RecordSet held, ForgetTask task, int seed, CancellationToken cancellationToken)
    {
        (_records, _held, _task, _settings, _forgotten) = (records, held, task, new RunSettings(seed), [.. task.Rows]);
        int[] retained = [.. Enumerable.Range(0, records.Count).Except(_forgotten)];
        var left = retained.Select(records.Label).ToHashSet();
        _heldOfOthers = [.. Enumerable.Range(0, held.Count).Where(row => left.Contains(held.Label(row)))];
        IScoringModel[] oracles = [.. Enumerable.Range(1, Oracles).Select(o => Retrain(retained, new RunSettings((100 * seed) + o)))];
        _forgottenTarget = Mean(oracles, records, _forgotten);
        _heldTarget = Mean(oracles, held, All(held));
        _retained = retained.Length <= MostRetained ? retained : new LegoNet.Lab.Draws(seed, -21).Sample(retained, MostRetained);
        _retainedTarget = Mean(oracles, records, _retained);
        var start = Retrain(All(records), _settings);
        _start = ((NetworkModel)start).Network;
        _unit = Distance(start);
        Nothing = Outcome(start, 0, 0);
        Retrained = Outcome(Retrain(retained, _settings), double.NaN, 0);

        IScoringModel Retrain(int[] rows, RunSettings settings)
        {
            using var run = MethodRun.Train(new RetrainedNetwork(), records, rows, settings, cancellationToken);
            return run.Model;
        }
    }

    /// <summary>The network that forgot nothing.</summary>
    public LabOutcome Nothing { get; }

    /// <summary>A retrained network, which is none of those that it is held against.</summary>
    public LabOutcome Retrained { get; }

    /// <summary>Lets a method forget.</summary>
    public LabOutcome Judge(IForgettingMethod method, CancellationToken cancellationToken)
    {
        using var run = MethodRun.Train(method, _records, null, _settings, cancellationToken);
        double[] seconds = [.. _task.Requests.Select(request => run.Forget([.. request], cancellationToken).Seconds)];
        return Outcome(run.Model, Timing.Median(seconds), run.KeptBytes);
    }

    private static int[] All(RecordSet records) => [.. Enumerable.Range(0, records.Count)];

    private LabOutcome Outcome(IScoringModel model, double seconds, long kept) => new(
        Distance(model) / _unit,
        Accuracy(model, _records, _forgotten),
        Accuracy(model, _held, _heldOfOthers),
        Distance(Probabilities(model, _records, _retained), _retainedTarget, _records.Classes.Count),
        Moved(model, _retained),
        Moved(model, _forgotten),
        seconds,
        kept);

    private double Moved(IScoringModel model, int[] rows)
    {
        double[][] before = Features(_start), after = Features(((NetworkModel)model).Network);
        return before.Zip(after, (a, b) => Math.Sqrt(a.Zip(b, (x, y) => (x - y) * (x - y)).Sum() / a.Sum(x => x * x))).Average();

        double[][] Features(Network network)
        {
            var pass = new NetworkPass(network, rows.Length, threads: 1);
            pass.Forward(_records.Gather(rows));
            return [.. pass.Features.ToArray().Select(f => (double)f).Chunk(network.Layers[0].Outputs)];
        }
    }

    private double Distance(IScoringModel model)
        => Distance(Probabilities(model, _records, _forgotten), _forgottenTarget, _records.Classes.Count)
            + Distance(Probabilities(model, _held, All(_held)), _heldTarget, _records.Classes.Count);

    private static double Distance(double[] a, double[] b, int classes)
        => a.Zip(b, (x, y) => (x - y) * (x - y)).Chunk(classes).Average(p => Math.Sqrt(p.Sum()));

    private static double Accuracy(IScoringModel model, RecordSet records, int[] rows)
        => Probabilities(model, records, rows).Chunk(records.Classes.Count).Zip(rows)
            .Average(p => Array.IndexOf(p.First, p.First.Max()) == records.Label(p.Second) ? 1.0 : 0);

    private static double[] Mean(IScoringModel[] models, RecordSet records, int[] rows)
    {
        double[][] each = [.. models.Select(m => Probabilities(m, records, rows))];
        return [.. Enumerable.Range(0, each[0].Length).Select(i => each.Average(p => p[i]))];
    }

    // [m · C].
    private static double[] Probabilities(IScoringModel model, RecordSet records, int[] rows)
    {
        var probabilities = new double[rows.Length * records.Classes.Count];
        model.Score(records.Gather(rows), probabilities);
        for (var i = 0; i < rows.Length; i++)
        {
            Probability.OfScores(probabilities.AsSpan(i * records.Classes.Count, records.Classes.Count));
        }

        return probabilities;
    }
}
