using LegoNet.Lab.Comparisons;

namespace LegoNet.Lab.Reports;

/// <summary>One method's figures of one task, over seeds.</summary>
internal sealed class TaskFigures(MethodResult result)
{
    public MethodResult Result => result;

    public bool IsDone => result.Seeds.Count > 0;

    /// <summary>Whether the model was its oracle to the byte, with every seed.</summary>
    public bool IsSame => IsDone && result.Seeds.All(s => s.IsSameModel);

    /// <summary>Test accuracy afterwards.</summary>
    public Spread Test => Over(s => s.After.Test)!;

    public Spread Seconds => Over(s => s.RequestSeconds)!;

    public Spread Storage => Over(s => s.KeptBytes)!;

    /// <summary>Over seeds, of those that have the figure; null where none has.</summary>
    public Spread? Over(Func<SeedResult, double?> figure) => Spread.Of(result.Seeds.Select(figure).OfType<double>());
}
