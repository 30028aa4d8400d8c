using LegoNet.Records;

namespace LegoNet.Cli;

/// <summary>
/// Files of subjects and records: one a line, either a subject, or subject TAB id. Empty lines and lines that start with '#' are passed over.
/// </summary>
internal static class Targets
{
    public static List<ForgetTarget> Read(string path)
    {
        var targets = new List<ForgetTarget>();
        var line = 0;
        try
        {
            foreach (var text in File.ReadLines(path))
            {
                line++;
                if (text.Length == 0 || text[0] == '#')
                {
                    continue;
                }

                var parts = text.Split('\t');
                if (parts.Length > 2 || parts.Any(string.IsNullOrWhiteSpace))
                {
                    throw LegoNetException.BadInput($"{path}: line {line}: must be a subject, or a subject and an id with a tab between them.");
                }

                targets.Add(new ForgetTarget(parts[0], parts.Length == 2 ? parts[1] : null) { Origin = $"{path}: line {line}" });
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw LegoNetException.BadInput($"{path}: cannot be read ({e.Message.TrimEnd('.')}).", e);
        }

        return targets.Count > 0 ? targets : throw LegoNetException.BadInput($"{path}: names nobody.");
    }
}
