namespace LegoNet;

/// <summary>
/// What in particular made an operation fail, for failures that a program may answer in its own words: the command line names the
/// option that helps, a service the setting.
/// </summary>
public enum LegoNetReason
{
    /// <summary>What the message says.</summary>
    Other,

    /// <summary>The tag key cannot be read. Without it no record can be found or forgotten; its file may be elsewhere.</summary>
    TagKeyUnreadable,

    /// <summary>The key that signed before is missing; its file may be elsewhere.</summary>
    SigningKeyMissing,

    /// <summary>The list of public keys lacks a key that signs, or signed.</summary>
    SignerNotListed,

    /// <summary>The model does not say where its encoder is.</summary>
    EncoderUnknown,

    /// <summary>A record's code was made by another encoder than the model's, and that was not allowed.</summary>
    OtherEncoder,

    /// <summary>A card has fewer public keys than there are adapters.</summary>
    TooFewKeys,

    /// <summary>The manifest is missing where a model once was; a repair can make it anew where the records are whole.</summary>
    ManifestMissing,

    /// <summary>Stored files disagree with each other; a verification says which.</summary>
    Inconsistent,

    /// <summary>A registered cache of encodings is not where it was, is another one, or has no key; where it is lost for good, it can be dropped.</summary>
    CacheUnreachable,

    /// <summary>A run that is planned for the model is not there, nor is the folder that it was in; where it is lost for good, it can be given up.</summary>
    RunUnreachable,

    /// <summary>Another process is using the model or cache; the same call can succeed later (exit code 7).</summary>
    Busy,

    /// <summary>A file that would be replaced is of another kind than what is to be written.</summary>
    OtherKind,
}
