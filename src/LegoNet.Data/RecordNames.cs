namespace LegoNet.Data;

/// <summary>What a subject or an id may look like.</summary>
internal static class RecordNames
{
    /// <summary>Checks a subject or an id.</summary>
    /// <param name="value">The subject or id.</param>
    /// <param name="what">"subject" or "id".</param>
    /// <param name="place">File and line or entry.</param>
    /// <exception cref="LegoNetException">It is empty or has a control character.</exception>
    public static string Check(string value, string what, string place)
    {
        if (value.Length == 0)
        {
            throw LegoNetException.BadInput($"{place}: the {what} is empty.");
        }

        // Requests to forget are lines of a file, with a tab between subject and id: a name with either could never be forgotten by one.
        foreach (var c in value)
        {
            if (char.IsControl(c))
            {
                throw LegoNetException.BadInput($"{place}: the {what} has a control character, so no request to forget could name it.");
            }
        }

        return value;
    }
}
