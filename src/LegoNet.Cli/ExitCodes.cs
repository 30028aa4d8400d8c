namespace LegoNet.Cli;

/// <summary>What the tool's exit status says.</summary>
internal static class ExitCodes
{
    public const int Done = 0;

    /// <summary>A file could not be read or written, where trying again may help.</summary>
    public const int TryAgain = 1;

    public const int Usage = 2;
    public const int BadInput = (int)LegoNetError.BadInput;
    public const int VerificationFailed = (int)LegoNetError.VerificationFailed;
    public const int Damaged = (int)LegoNetError.Damaged;
    public const int NotComparable = 6;
    public const int Busy = 7;
    public const int Cancelled = 130;

    /// <summary>The status of a failure. Somebody else's work is told apart from a wrong request: a script may try again.</summary>
    public static int Of(LegoNetException failure) => failure.Reason == LegoNetReason.Busy ? Busy : (int)failure.Error;
}
