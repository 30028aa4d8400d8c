namespace LegoNet.Cli;

/// <summary>What a user of the tool can do about a failure: the library says what is the matter, the tool names its options.</summary>
internal static class Hints
{
    /// <summary>A failure as the tool words it, in one sentence.</summary>
    public static string Worded(LegoNetException failure)
        => For(failure.Reason) is { } hint ? $"{failure.Message.TrimEnd('.')}; {hint}." : failure.Message;

    private static string? For(LegoNetReason reason) => reason switch
    {
        LegoNetReason.TagKeyUnreadable => "name its place with --key if it is elsewhere",
        LegoNetReason.SigningKeyMissing
            => "name its file with --signing-key if it is elsewhere, or give the model another with `legonet keys revoke` if it is lost",
        LegoNetReason.EncoderUnknown => "name it with --encoder",
        LegoNetReason.OtherEncoder => "allow it with --allow-other-encoder",
        LegoNetReason.TooFewKeys => "`legonet calibrate --keys N` makes one with more",
        LegoNetReason.ManifestMissing => "run `legonet repair`",
        LegoNetReason.Inconsistent => "run `legonet verify` to see what differs",
        LegoNetReason.CacheUnreachable => "where it is lost for good, drop it with --drop-cache DIR, which the receipt will say",
        LegoNetReason.RunUnreachable => "where it is lost for good, give it up with `legonet runs RUN --purge --of MODEL`",
        LegoNetReason.OtherKind => "--force replaces it all the same",
        _ => null,
    };
}
