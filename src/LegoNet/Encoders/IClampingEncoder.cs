namespace LegoNet.Encoders;

/// <summary>An encoder of numbers in declared ranges. What lies outside a range is clamped to it, which nobody should learn from a bad score.</summary>
internal interface IClampingEncoder
{
    /// <summary>Values clamped so far.</summary>
    long Clamped { get; }
}
