using LegoNet.Adapters;
using LegoNet.Changes;
using LegoNet.Records;

namespace LegoNet.Benchmarks;

/// <summary>
/// Rounds of a training and, where asked for, a verification, the forgetting of 1,000 records and their addition: each round's ratios
/// are of work side by side. The last round's model, whole again, serves the other benchmarks.
/// </summary>
internal sealed class TrainingRounds
{
    private const int BatchRecords = 1000;

    private readonly BenchRun _run;
    private readonly List<double> _train = [];
    private readonly List<double> _verify = [];
    private readonly List<double> _forget = [];
    private readonly List<double> _add = [];
    private readonly bool _keepsSums;
    private readonly string _shards = "";
    private readonly double _bytes;

    public TrainingRounds(BenchRun run)
    {
        _run = run;
        var works = run.Options.Works;
        var (verify, batch) = (works.Contains("verify"), works.Contains("batch"));
        var rounds = verify || batch || works.Contains("train") ? run.Repetitions : 1;
        var codes = run.Codes;
        var definition = run.Define(codes, run.Shape);
        for (var round = 1; round <= rounds; round++)
        {
            if (ModelPath.Length > 0)
            {
                BenchRun.Delete(ModelPath);
            }

            ModelPath = run.NewModelPath();
            run.Stage($"training, round {round} of {rounds}");
            _train.Add(run.Train(ModelPath, definition, codes));
            if (round == rounds)
            {
                _bytes = Directory.EnumerateFiles(ModelPath, "*", SearchOption.AllDirectories).Sum(file => (double)new FileInfo(file).Length);
            }

            using var model = LegoNetModel.Open(ModelPath, run.ModelOptions());
            _keepsSums = KeepsSums(model);
            _shards = $"shards of {model.ShardRows.Min():N0} to {model.ShardRows.Max():N0} rows";
            if (verify)
            {
                run.Stage($"verifying, round {round} of {rounds}");
                _verify.Add(Timing.Seconds(() => Require(model.Verify(null, run.CancellationToken).IsExact)));
            }

            if (batch)
            {
                run.Stage($"forgetting and adding {BatchSize:N0}, round {round} of {rounds}");
                var drawn = Draws.Distinct(BatchSize, codes.Records, (ulong)round);
                ForgetTarget[] targets = [.. drawn.Select(i => new ForgetTarget(CodesFile.Name(i)))];
                _forget.Add(Timing.Seconds(() => model.Forget(targets, false, null, run.CancellationToken)));
                _add.Add(Timing.Seconds(() => model.Add(codes.Read(drawn, definition.Spec.Fingerprint), null, null, run.CancellationToken)));
                Require(model.RecordCount == codes.Records);
            }
        }
    }

    /// <summary>The last round's model.</summary>
    public string ModelPath { get; } = "";

    private int BatchSize => Math.Min(BatchRecords, _run.Codes.Records / 2);

    private double? BatchAim => IsStandard ? 1.25 : null;

    private bool IsStandard => _run.Shape == Shape.Standard;

    private string On => $"{_run.Shape}{(_train.Count == 1 ? "" : $", {_train.Count} times")}";

    public IEnumerable<Measurement> Train()
        => [new("train", "median", Timing.Median(_train), Unit.Seconds, $"{On}; {_shards}") { Aim = IsStandard ? 5 : null }];

    public IEnumerable<Measurement> Verify()
        => [new("verify", "× train", Ratio(_verify), Unit.Ratio, $"{On}; {Timing.Median(_verify):F2} s") { Aim = IsStandard ? 1.5 : null }];

    public IEnumerable<Measurement> Batch() =>
    [
        new("batch", "forget, × train", Ratio(_forget), Unit.Ratio, $"{BatchSize:N0} of {On}; {Timing.Median(_forget):F2} s") { Aim = BatchAim },
        new("batch", "add, × train", Ratio(_add), Unit.Ratio, $"{BatchSize:N0} to {On}; {Timing.Median(_add):F2} s") { Aim = BatchAim },
    ];

    public IEnumerable<Measurement> Size()
    {
        double codes = (double)_run.Shape.Records * _run.Shape.Dimension;
        return [new("size", "× codes", _bytes / codes, Unit.Ratio, $"{_run.Shape}, {(_keepsSums ? "sums kept" : "no sums kept")}")
        {
            Aim = _keepsSums || !IsStandard ? null : 1.3,
        }];
    }

    private double Ratio(List<double> seconds) => Timing.Median(seconds.Zip(_train, (s, train) => s / train));

    private static bool KeepsSums(LegoNetModel model)
    {
        var trainer = new RidgeTrainer(1, model.Spec.Labels, model.Spec.Dimension);
        return model.ShardRows.Any(rows => trainer.KeepsSums(rows, model.Spec.Dimension));
    }

    // What was not done right is not worth a time.
    private static void Require(bool holds)
    {
        if (!holds)
        {
            throw new LegoNetException(LegoNetError.VerificationFailed, "The benchmark's own model is not what it must be.");
        }
    }
}
