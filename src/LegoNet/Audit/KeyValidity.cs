using System.Globalization;
using System.Text.RegularExpressions;

namespace LegoNet.Audit;

/// <summary>
/// For which entries of a model's ledger, and for statements signed while which of them was the newest, a key is valid. Written as a
/// line of explanatory text (RFC 7468, section 5.2) before the key's block in a file of public keys, which other tools pass over.
/// </summary>
/// <param name="Model">The model's name: the digest of its ledger's first entry.</param>
/// <param name="First">The first entry.</param>
/// <param name="Last">The last entry; null where the key is in use.</param>
/// <param name="IsRevoked">Whether the key was stolen: no receipt or proof signed with it holds any more.</param>
public sealed partial record KeyValidity(string Model, int First, int? Last, bool IsRevoked)
{
    /// <summary>The line before the key's block.</summary>
    public override string ToString()
        => string.Create(CultureInfo.InvariantCulture, $"legonet: model {Model} entries {First}-{Last}{(IsRevoked ? " revoked" : "")}");

    /// <summary>How a line that is about a key's validity starts.</summary>
    internal const string Start = "legonet:";

    /// <summary>Reads a line that starts so.</summary>
    /// <exception cref="LegoNetException">The line says something else.</exception>
    internal static KeyValidity Parse(ReadOnlySpan<char> line, string file)
    {
        var match = Line().Match(line.ToString());
        return match.Success
            && int.TryParse(match.Groups["first"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            && TryParseLast(match.Groups["last"].Value, out var last)
            ? new KeyValidity(match.Groups["model"].Value, first, last, match.Groups["revoked"].Success)
            : throw LegoNetException.BadInput($"{file}: \"{line}\" does not say for which entries of which model's ledger the key below it is valid.");
    }

    /// <summary>Whether an entry, or a statement made while it was the newest, may be signed with the key.</summary>
    internal bool Covers(int sequence) => sequence >= First && (Last is null || sequence <= Last);

    private static bool TryParseLast(string text, out int? last)
    {
        last = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        return last is not null || text.Length == 0;
    }

    [GeneratedRegex("^legonet: model (?<model>[0-9a-f]{64}) entries (?<first>[0-9]+)-(?<last>[0-9]*)(?<revoked> revoked)?$")]
    private static partial Regex Line();
}
