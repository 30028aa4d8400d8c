namespace LegoNet;

/// <summary>
/// A failure that a user can act on: one sentence that names the file, line or field, and nothing of a record's content.
/// </summary>
public sealed class LegoNetException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="error">The kind of failure.</param>
    /// <param name="message">
    /// One sentence for the user. It may quote what a file says: control characters and line breaks in it are shown as their escapes.
    /// </param>
    /// <param name="inner">The cause, if another exception was it.</param>
    /// <param name="reason">What in particular was the matter, where a program may want to say what to do about it.</param>
    public LegoNetException(LegoNetError error, string message, Exception? inner = null, LegoNetReason reason = LegoNetReason.Other)
        : base(OnOneLine(message), inner)
    {
        Error = error;
        Reason = reason;
    }

    /// <summary>The kind of failure.</summary>
    public LegoNetError Error { get; }

    /// <summary>What in particular was the matter. The message says it in words, but not what to do about it in a given program.</summary>
    public LegoNetReason Reason { get; }

    /// <summary>A <see cref="LegoNetError.BadInput"/> failure.</summary>
    public static LegoNetException BadInput(string message, Exception? inner = null, LegoNetReason reason = LegoNetReason.Other)
        => new(LegoNetError.BadInput, message, inner, reason);

    /// <summary>A <see cref="LegoNetError.Damaged"/> failure.</summary>
    public static LegoNetException Damaged(string message, Exception? inner = null, LegoNetReason reason = LegoNetReason.Other)
        => new(LegoNetError.Damaged, message, inner, reason);

    /// <summary>What another exception says, fit to stand in parentheses within one sentence.</summary>
    internal static string Cause(Exception e)
        => e is System.Text.Json.JsonException json ? $"no valid JSON in line {(json.LineNumber ?? 0) + 1}" : e.Message.TrimEnd('.');

    // Names from hostile files must not forge lines of a log or steer a terminal.
    private static string OnOneLine(string message)
        => message.Any(IsBreak) ? string.Concat(message.Select(c => IsBreak(c) ? $"\\u{(int)c:x4}" : c.ToString())) : message;

    private static bool IsBreak(char c) => char.IsControl(c) || c is '\u2028' or '\u2029';
}
