namespace LegoNet.Cli;

/// <summary>What a user of the tool can do about a failure: the library says what is the matter, the tool names its options.</summary>
internal static class Hints
{
    /// <summary>A failure as the tool words it.</summary>
    public static string Worded(LegoNetException failure)
        => For(failure.Reason) is { } hint ? $"{failure.Message} {hint}" : failure.Message;

    private static string? For(LegoNetReason reason) => reason switch
    {
        LegoNetReason.TagKeyUnreadable => "Name its place with --key if it is elsewhere.",
        LegoNetReason.SigningKeyMissing => "Name its place with --signing-key if it is elsewhere.",
        LegoNetReason.EncoderUnknown => "Name the file with --encoder.",
        LegoNetReason.OtherEncoder => "Allow it with --allow-other-encoder.",
        LegoNetReason.TooFewKeys => "`legonet calibrate --keys N` makes one.",
        LegoNetReason.ManifestMissing => "Run `legonet repair`.",
        LegoNetReason.Inconsistent => "Run `legonet verify` to see what differs.",
        _ => null,
    };
}
