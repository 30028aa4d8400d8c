using Microsoft.ML.Data;

namespace Examples;

/// <summary>One row of a file of erasure requests.</summary>
public sealed class ErasureRequest
{
    /// <summary>Who asks to be forgotten.</summary>
    [LoadColumn(0)]
    public string Customer { get; set; } = "";
}
