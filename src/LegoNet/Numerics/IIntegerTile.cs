namespace LegoNet.Numerics;

/// <summary>
/// One vector width's micro-kernel for integer matrix products. The blocked drivers (<see cref="GramKernel"/>, the router) are
/// written once over it, and every implementation gives the same integers.
/// </summary>
/// <remarks>
/// Operands are packed as int32 lanes that hold <see cref="Depth"/> consecutive terms of the sum: two int16 (low half first), or four
/// bytes (low byte first). The left operand stands as [steps, <see cref="Rows"/>], the right one as [steps, <see cref="Columns"/>].
/// With four bytes the left one is unsigned (the code + 128, because the instruction multiplies unsigned by signed) and the driver
/// takes 128 × the right operand's sum back off.
/// </remarks>
internal unsafe interface IIntegerTile
{
    /// <summary>Whether this machine, as the runtime is configured, executes the implementation.</summary>
    static abstract bool IsSupported { get; }

    /// <summary>Terms of the sum per int32 lane: 2 (int16 × int16) or 4 (unsigned byte × signed byte).</summary>
    static abstract int Depth { get; }

    /// <summary>Outputs along the left operand.</summary>
    static abstract int Rows { get; }

    /// <summary>Outputs along the right operand; a multiple of 8.</summary>
    static abstract int Columns { get; }

    /// <summary>Writes c[i, j] = Σ over steps and lanes of a·b, row-major [<see cref="Rows"/>, <see cref="Columns"/>].</summary>
    /// <param name="a">Left operand, [steps, Rows] int32 lanes.</param>
    /// <param name="b">Right operand, [steps, Columns] int32 lanes.</param>
    /// <param name="steps">Lanes to sum; the caller keeps it so small that no int32 overflows.</param>
    /// <param name="c">Receives the sums.</param>
    static abstract void Multiply(int* a, int* b, int steps, int* c);
}
