namespace LegoNet.MLNet.Adapters;

/// <summary>What the label column of a <see cref="ShardView"/> holds.</summary>
internal enum ShardLabels
{
    /// <summary>Key of C values: the class.</summary>
    Keys,

    /// <summary>Boolean: whether a row has one class.</summary>
    OneClass,

    /// <summary>Single: the regression target in steps, moved and scaled by a power of two into about −0.5…0.5.</summary>
    ScaledTarget,

    /// <summary>Single: the regression target in its own units.</summary>
    Target,
}
