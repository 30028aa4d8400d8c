using System.Text;
using System.Text.RegularExpressions;

namespace LegoNet.Data.Images;

/// <summary>
/// A pattern over relative paths that says which files belong to a source and where label, subject and id stand in a path:
/// "train/{label}/*.jpg".
/// </summary>
/// <remarks>
/// Segments are separated by '/'. Within one, '*' stands for any characters (or none) and {label}, {subject} or {id} for at
/// least one; where a segment can be read in several ways, what stands further left takes as little as it can. The segment "**"
/// stands for any number of segments (as the last one, for at least the file's name). As in a shell, a segment that starts with
/// '.' is matched by a pattern that starts with '.' only, so that "._a.jpg" and ".DS_Store" stay out.
/// </remarks>
internal sealed class PathRule
{
    private static readonly string[] s_placeholders = ["label", "subject", "id"];

    private readonly Regex _regex;

    private PathRule(string pattern, Regex regex)
    {
        Pattern = pattern;
        _regex = regex;
    }

    /// <summary>The rule as written.</summary>
    public string Pattern { get; }

    /// <summary>Parses a rule.</summary>
    /// <exception cref="FormatException">The rule is malformed; the message completes the sentence "the rule ...".</exception>
    public static PathRule Parse(string pattern)
    {
        var regex = new StringBuilder("\\A");
        var seen = new HashSet<string>();
        var segments = pattern.Split('/');
        for (var i = 0; i < segments.Length; i++)
        {
            var last = i == segments.Length - 1;
            if (segments[i] == "**")
            {
                regex.Append("(?:[^/.][^/]*/)*").Append(last ? "[^/.][^/]*" : "");
                continue;
            }

            AppendSegment(regex, segments[i], seen);
            regex.Append(last ? "" : "/");
        }

        // Non-backtracking: time linear in the path's length, whatever the rule.
        return new PathRule(pattern, new Regex(regex.Append("\\z").ToString(), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant));
    }

    /// <summary>Matches a relative path with '/' between segments; null where the rule does not take the file.</summary>
    public PathMatch? Match(string path)
    {
        var match = _regex.Match(path);
        return match.Success ? new PathMatch(Value(match, "label"), Value(match, "subject"), Value(match, "id")) : null;
    }

    private static string? Value(Match match, string name) => match.Groups[name] is { Success: true } group ? group.Value : null;

    private static void AppendSegment(StringBuilder regex, string segment, HashSet<string> seen)
    {
        if (segment is "" or "." or "..")
        {
            throw new FormatException("has an empty, \".\" or \"..\" segment");
        }

        var wildcardBefore = false;
        for (var at = 0; at < segment.Length;)
        {
            var first = at == 0;
            var c = segment[at];
            if (c is '*' or '{' && wildcardBefore)
            {
                throw new FormatException(segment.Contains("**", StringComparison.Ordinal)
                    ? "has \"**\" beside other characters; it must be a segment of its own"
                    : "has two wildcards or placeholders without a character between them");
            }

            wildcardBefore = c is '*' or '{';
            if (c == '*')
            {
                regex.Append(first ? "(?:[^/.][^/]*?)?" : "[^/]*?");
                at++;
            }
            else if (c == '{')
            {
                var end = segment.IndexOf('}', at);
                var name = end < 0 ? "" : segment[(at + 1)..end];
                if (!s_placeholders.Contains(name))
                {
                    throw new FormatException("has a brace that is none of {label}, {subject}, {id}");
                }

                if (!seen.Add(name))
                {
                    throw new FormatException($"has {{{name}}} twice");
                }

                regex.Append("(?<").Append(name).Append('>').Append(first ? "[^/.]" : "[^/]").Append("[^/]*?)");
                at = end + 1;
            }
            else if (c == '}')
            {
                throw new FormatException("has a closing brace without an opening one");
            }
            else
            {
                regex.Append(Regex.Escape(c.ToString()));
                at++;
            }
        }
    }
}
