namespace LegoNet.Data;

/// <summary>
/// The one spelling of a subject or an id. Every source, command and call goes through it, so that a person whom a table stored is
/// found by whoever asks, however the name was typed. Tags are made from it: it is a part of the format (docs/formats.md).
/// </summary>
public static class RecordName
{
    /// <summary>
    /// A name as it is stored and looked up: white space at both ends left out (<see cref="char.IsWhiteSpace(char)"/>), the rest in
    /// Unicode's canonical composition (NFC, version 17.0), the same on every machine.
    /// </summary>
    /// <param name="name">A subject or an id as somebody wrote it.</param>
    /// <param name="what">What it is, for the message: "subject" or "id".</param>
    /// <param name="place">Where it stands, for the message: file and line, or archive and entry; null where nothing is to be said.</param>
    /// <returns>The name; <paramref name="name"/> itself where nothing is to be changed.</returns>
    /// <exception cref="LegoNetException">
    /// The name is empty or white space alone, has a control character (category Cc) inside, or half a surrogate pair.
    /// </exception>
    public static string Normalize(string name, string what = "name", string? place = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (IsPlain(name))
        {
            return name;
        }

        var trimmed = name.Trim();
        if (WhyRefused(trimmed) is { } why)
        {
            throw LegoNetException.BadInput($"{(place is null ? "The" : $"{place}: the")} {what} {why}.");
        }

        return NameComposition.Compose(trimmed);
    }

    /// <summary>Whether <see cref="Normalize"/> gives a name.</summary>
    internal static bool Accepts(string name) => IsPlain(name) || WhyRefused(name.Trim()) is null;

    // Most names are; they cost one vectorised look.
    private static bool IsPlain(string name)
        => name.Length > 0 && name[0] != ' ' && name[^1] != ' ' && !name.AsSpan().ContainsAnyExceptInRange(' ', '~');

    private static string? WhyRefused(string trimmed)
    {
        if (trimmed.Length == 0)
        {
            return "is empty";
        }

        for (var i = 0; i < trimmed.Length; i++)
        {
            // Requests to forget are lines of a file, with a tab between subject and id: a name with either could never be forgotten by one.
            if (char.IsControl(trimmed[i]))
            {
                return "has a control character, so no request to forget could name it";
            }

            // It has no UTF-8: what stands for it in a tag would stand for every other half as well.
            if (char.IsSurrogate(trimmed[i]) && !char.IsSurrogatePair(trimmed, i++))
            {
                return "has half a surrogate pair, which is no character";
            }
        }

        return null;
    }
}
