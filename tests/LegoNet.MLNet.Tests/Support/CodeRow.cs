namespace LegoNet.MLNet.Tests.Support;

/// <summary>A predicted row with its features.</summary>
internal sealed class CodeRow
{
    public float[] Features { get; set; } = [];
}
