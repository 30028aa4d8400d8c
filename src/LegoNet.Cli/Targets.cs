using System.Text;
using System.Text.Unicode;
using LegoNet.Data;
using LegoNet.Data.Files;
using LegoNet.Records;

namespace LegoNet.Cli;

/// <summary>
/// Files of subjects and records, UTF-8: one a line, either a subject, or subject TAB id. Every line is one, whatever it starts with;
/// lines of white space alone are passed over.
/// </summary>
internal static class Targets
{
    public static List<ForgetTarget> Read(string path)
    {
        var targets = new List<ForgetTarget>();
        var bytes = ReadBytes(path).AsSpan();
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || bytes.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
        {
            throw LegoNetException.BadInput($"{path}: the text is UTF-16; save it as UTF-8.");
        }

        bytes = bytes.StartsWith(Encoding.UTF8.Preamble) ? bytes[Encoding.UTF8.Preamble.Length..] : bytes;
        var line = 0;
        foreach (var range in bytes.Split((byte)'\n'))
        {
            line++;
            var place = $"{path}: line {line}";
            var text = Utf8.IsValid(bytes[range])
                ? Encoding.UTF8.GetString(bytes[range])
                : throw LegoNetException.BadInput($"{place}: is not valid UTF-8.");
            if (!string.IsNullOrWhiteSpace(text))
            {
                targets.Add(Parse(text.EndsWith('\r') ? text[..^1] : text, place));
            }
        }

        return targets.Count > 0 ? targets : throw LegoNetException.BadInput($"{path}: names nobody.");
    }

    // An empty id never stands for everything of a subject: that would forget more than was asked.
    private static ForgetTarget Parse(string text, string place)
    {
        var parts = text.Split('\t');
        if (parts.Length > 2 || parts.Any(string.IsNullOrWhiteSpace))
        {
            throw LegoNetException.BadInput($"{place}: must be a subject, or a subject and an id with a tab between them.");
        }

        var subject = RecordName.Normalize(parts[0], "subject", place);
        return new ForgetTarget(subject, parts.Length == 2 ? RecordName.Normalize(parts[1], "id", place) : null) { Origin = place };
    }

    private static byte[] ReadBytes(string path)
    {
        try
        {
            // Read once, so a pipe will do: `forget MODEL --file <(psql …)`.
            using var stream = File.OpenRead(path);
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            return bytes.ToArray();
        }
        catch (Exception e) when (SourceFile.IsReadFailure(e))
        {
            throw SourceFile.Unreadable(path, e);
        }
    }
}
