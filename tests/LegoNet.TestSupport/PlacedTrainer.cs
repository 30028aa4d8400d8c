using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using LegoNet.Adapters;

namespace LegoNet.TestSupport;

/// <summary>
/// Ridge regression that can be fitted in one place only: it stands for a trainer whose results depend on the machine. Each test has a
/// place of its own, and leaves it when the model is to be elsewhere.
/// </summary>
internal sealed class PlacedTrainer : ISummingTrainer
{
    public const string TrainerName = "test:placed";
    public const string Reason = "it was fitted with 512-bit vectors and this machine has 256-bit ones, so use a machine like that one or rebuild the model";

    private static readonly ConcurrentDictionary<string, bool> s_left = new(StringComparer.Ordinal);

    private readonly RidgeTrainer _ridge;
    private readonly string _place;
    private readonly bool _keepsSums;

    private PlacedTrainer(RidgeTrainer ridge, string place, bool keepsSums)
    {
        _ridge = ridge;
        _place = place;
        _keepsSums = keepsSums;
        Declaration = Declare(place, keepsSums);
    }

    public string Name => TrainerName;

    public string Declaration { get; }

    public string FileExtension => ".placed";

    public string? WhyNotRefittable => s_left.ContainsKey(_place) ? Reason : null;

    /// <summary>The declaration, as canonical JSON.</summary>
    public static string Declare(string place, bool keepsSums = false)
        => new JsonObject { ["place"] = place, ["sums"] = keepsSums ? 1 : 0, ["trainer"] = TrainerName }.ToJsonString();

    public static void Register() => AdapterTrainers.Register(TrainerName, (spec, labels, dimension) =>
    {
        spec.String("trainer");
        var trainer = new PlacedTrainer(new RidgeTrainer(500, labels, dimension), spec.String("place"), spec.Integer("sums", 0, 1) == 1);
        spec.Finish();
        return trainer;
    });

    public static void Leave(string place) => s_left[place] = true;

    public static void Return(string place) => s_left.TryRemove(place, out _);

    public bool KeepsSums(long rows, int dimension) => _keepsSums;

    public double RefitCost(long rows, int dimension, int outputs) => _ridge.RefitCost(rows, dimension, outputs);

    public FittedAdapter Fit(Shard shard, FitSettings settings, CancellationToken cancellationToken)
    {
        Assert.Null(WhyNotRefittable);
        return new FittedAdapter(
            _ridge.Fit(shard, settings, cancellationToken).Adapter,
            _keepsSums ? new Dictionary<string, long[]> { ["count"] = [shard.Rows] } : null);
    }

    public FittedAdapter Update(IReadOnlyDictionary<string, long[]> sums, ShardChange change, FitSettings settings, CancellationToken cancellationToken)
        => throw new NotSupportedException("These sums are there to be looked at only.");

    public IAdapter Load(ReadOnlyMemory<byte> bytes, string file) => _ridge.Load(bytes, file);
}
