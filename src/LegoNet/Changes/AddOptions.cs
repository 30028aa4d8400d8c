namespace LegoNet.Changes;

/// <summary>What adding and correcting may do.</summary>
public sealed class AddOptions
{
    /// <summary>
    /// Accept codes whose fingerprint is not the spec's: another runtime version, provider, batch shape or kind of processor. Default:
    /// refused, since such codes can differ from those the model was trained on. A kind that is not on record is taken for the same.
    /// </summary>
    public bool AllowOtherEncoder { get; set; }

    /// <summary>Refuse records that were forgotten before. Default: they are added, with a warning.</summary>
    public bool Suppress { get; set; }
}
