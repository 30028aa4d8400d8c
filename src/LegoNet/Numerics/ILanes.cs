namespace LegoNet.Numerics;

/// <summary>
/// The float64 operations that the deterministic solver uses, for one vector width. Each lane is rounded once, to nearest even, as
/// IEEE 754 demands, so every implementation gives the same bits; none of them sums across lanes.
/// </summary>
/// <typeparam name="TVector">The vector.</typeparam>
internal unsafe interface ILanes<TVector>
    where TVector : struct
{
    /// <summary>Whether this machine, as the runtime is configured, has the fused operations of this width.</summary>
    static abstract bool IsSupported { get; }

    /// <summary>The number of lanes: 1, 2, 4 or 8.</summary>
    static abstract int Width { get; }

    /// <summary>Loads a vector.</summary>
    static abstract TVector Load(double* from);

    /// <summary>Stores a vector.</summary>
    static abstract void Store(TVector value, double* to);

    /// <summary>The same number in all lanes.</summary>
    static abstract TVector Create(double value);

    /// <summary>c − a·b, rounded once.</summary>
    static abstract TVector SubtractProduct(TVector c, TVector a, TVector b);

    /// <summary>a / b.</summary>
    static abstract TVector Divide(TVector a, TVector b);
}
