namespace LegoNet.Benchmarks;

/// <summary>The size of a model.</summary>
/// <param name="Records">Records.</param>
/// <param name="Dimension">Length d of a code.</param>
/// <param name="Adapters">Adapters, n.</param>
/// <param name="Active">Adapters that a record activates, k.</param>
/// <param name="Adapter">The adapters' trainer; null for the standard.</param>
internal readonly record struct Shape(long Records, int Dimension, int Adapters, int Active, string? Adapter = null)
{
    /// <summary>The size that most targets were set for: CIFAR-10's training records on an encoder of 1,024 outputs.</summary>
    public static readonly Shape Standard = new(50_000, 1024, 128, 8);

    public override string ToString() => $"{Records:N0} × {Dimension}, n = {Adapters}, k = {Active}{(Adapter is null ? "" : $", {Adapter}")}";
}
