namespace LegoNet.Numerics;

/// <summary>
/// The integer operations of products between int8 codes and int16 numbers, for one vector width. Every implementation gives the same
/// integers.
/// </summary>
/// <typeparam name="TVector">A vector of int32 lanes, each of which can hold a pair of int16 (low half first).</typeparam>
internal unsafe interface IPairLanes<TVector>
    where TVector : struct
{
    /// <summary>Whether this machine, as the runtime is configured, executes the implementation.</summary>
    static abstract bool IsSupported { get; }

    /// <summary>The number of int32 lanes.</summary>
    static abstract int Width { get; }

    /// <summary>Loads int32 lanes.</summary>
    static abstract TVector Load(int* from);

    /// <summary>Stores int32 lanes.</summary>
    static abstract void Store(TVector value, int* to);

    /// <summary>The same int32 in all lanes.</summary>
    static abstract TVector Create(int value);

    /// <summary>x + y in each lane.</summary>
    static abstract TVector Add(TVector x, TVector y);

    /// <summary>Twice <see cref="Width"/> consecutive codes, widened to int16: pairs of neighbours.</summary>
    static abstract TVector LoadCodes(sbyte* from);

    /// <summary><see cref="Width"/> columns of two rows, widened to int16: pairs of a code of the first row and one of the second.</summary>
    static abstract TVector LoadPairs(sbyte* first, sbyte* second);

    /// <summary>Pairs of an int16 of x and one of y at the same place: those of the lower half of each 128 bits (of the vector, if it is shorter).</summary>
    static abstract TVector PairLower(TVector x, TVector y);

    /// <summary>As <see cref="PairLower"/>, of the upper halves.</summary>
    static abstract TVector PairUpper(TVector x, TVector y);

    /// <summary>sum + a₀·b₀ + a₁·b₁ in each lane.</summary>
    static abstract TVector MultiplyAdd(TVector sum, TVector a, TVector b);

    /// <summary>The sum of all lanes; the caller keeps it so small that no int32 overflows on the way, in whatever order.</summary>
    static abstract int Sum(TVector value);
}
