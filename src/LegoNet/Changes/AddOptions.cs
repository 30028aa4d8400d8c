namespace LegoNet.Changes;

/// <summary>What adding and correcting may do.</summary>
public sealed class AddOptions
{
    /// <summary>
    /// Accept codes whose fingerprint is not the spec's: another runtime version, provider or batch shape. Default: refused, since
    /// such codes can differ from those the model was trained on.
    /// </summary>
    public bool AllowOtherEncoder { get; set; }

    /// <summary>Refuse records that were forgotten before. Default: they are added, with a warning.</summary>
    public bool Suppress { get; set; }
}
