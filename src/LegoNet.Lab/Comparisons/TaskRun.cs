using LegoNet.Lab.Methods;
using LegoNet.Lab.Tasks;

namespace LegoNet.Lab.Comparisons;

/// <summary>One task, done by each method.</summary>
internal sealed class TaskRun
{
    private const int TimedByOracles = 3;
    private const int TimedOfRest = 20;

    private readonly ComparisonPlan _plan;
    private readonly ForgetTask _task;
    private readonly Yardstick _yardstick;
    private readonly Oracles _oracles;
    private readonly CancellationToken _cancellationToken;

    public TaskRun(ComparisonPlan plan, ForgetTask task, CancellationToken cancellationToken)
    {
        _plan = plan;
        _task = task;
        _yardstick = new Yardstick(plan.Records, plan.Test, task, plan.TaskSeed);
        _oracles = new Oracles(plan, _yardstick, cancellationToken);
        _cancellationToken = cancellationToken;
    }

    /// <summary>Records whose margins KLoM compares.</summary>
    public int Points => _yardstick.Points;

    /// <summary>Runs a method with every seed.</summary>
    /// <param name="method">The method.</param>
    /// <param name="done">Called after each seed.</param>
    public MethodResult Run(IForgettingMethod method, Action done)
    {
        try
        {
            var runs = new List<(SeedResult Result, JudgedModel Model)>();
            foreach (var seed in _plan.Seeds)
            {
                runs.Add(Run(method, seed));
                done();
            }

            if (method.Kind == MethodKind.Oracle || runs.TrueForAll(run => run.Result.IsSameModel))
            {
                return new MethodResult(method.Name, [.. runs.Select(run => run.Result)], 0, null);
            }

            var oracles = _oracles.Margins(method.Oracle);
            var forgotten = _yardstick.ForgottenPoints;
            SeedResult[] results = [.. runs.Select(run => run.Result with { Klom = KlomFigures.Of(run.Model.Margins, oracles, forgotten) })];
            return new MethodResult(method.Name, results, oracles.Length, KlomFigures.OfOracles(oracles, forgotten));
        }
        catch (Exception failure) when (failure is LegoNetException or IOException)
        {
            // A method that keeps much can fill the disk.
            return new MethodResult(method.Name, [], 0, null, failure.Message);
        }
    }

    private (SeedResult Result, JudgedModel Model) Run(IForgettingMethod method, long seed)
    {
        using var run = MethodRun.Train(method, _plan.Records, null, new RunSettings(seed, _plan.Threads), _cancellationToken);
        var (kept, trained) = (run.KeptBytes, run.Model);
        var before = JudgedModel.Of(trained, _yardstick, _plan.Threads);
        var seconds = new List<double>();
        foreach (var request in _task.Requests.Take(MostTimed(method.Kind)))
        {
            seconds.Add(run.Forget(request, _cancellationToken).Seconds);
        }

        if (seconds.Count < _task.Requests.Count)
        {
            run.Forget([.. _task.Requests.Skip(seconds.Count).SelectMany(r => r)], _cancellationToken);
        }

        var after = JudgedModel.Of(run.Model, _yardstick, _plan.Threads, _yardstick.RelearningSteps(run.Model, trained, _cancellationToken));
        var oracle = method.Kind == MethodKind.Oracle ? after : _oracles.Of(method.Oracle, seed, trained);
        var result = new SeedResult(
            seed,
            run.TrainingSeconds,
            Statistics.Median(seconds),
            seconds.Count,
            kept,
            before.Accuracies,
            after.Accuracies,
            after.DisagreementWith(oracle),
            after.ForgottenDisagreementWith(oracle),
            after.ActivationDistanceTo(oracle),
            after.IsSameAs(oracle),
            Klom: null,
            after.RelearningSteps,
            oracle.RelearningSteps);
        return (result, after);
    }

    // Where the last model depends on what remains alone, the rest is forgotten at once when enough requests were timed.
    private static int MostTimed(MethodKind kind) => kind switch
    {
        MethodKind.Oracle => TimedByOracles,
        MethodKind.Approximate => int.MaxValue,
        _ => TimedOfRest,
    };
}
