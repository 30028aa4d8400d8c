namespace LegoNet.Lab.Networks;

/// <summary>The parameters of one layer, or of one branch: what is frozen, masked and pruned together.</summary>
/// <param name="length">How many.</param>
internal sealed class ParameterBlock(int length)
{
    public float[] Values { get; } = new float[length];

    /// <summary>Of the newest batch; not valid where the block is frozen.</summary>
    public float[] Gradient { get; } = new float[length];

    /// <summary>Whether training leaves the block as it is.</summary>
    public bool IsFrozen { get; set; }

    public ParameterBlock Clone()
    {
        var clone = new ParameterBlock(Values.Length) { IsFrozen = IsFrozen };
        Values.CopyTo(clone.Values, 0);
        return clone;
    }
}
