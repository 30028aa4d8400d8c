using System.Text;
using LegoNet.Data.Json;

namespace LegoNet.Data.Sources;

/// <summary>Resolves the paths in a spec: environment variables are filled in, and relative paths start at the spec's folder.</summary>
/// <remarks>
/// "${NAME}" stands for an environment variable, "${NAME:-default}" for the variable or, where it is unset or empty, the default.
/// A path that starts with a variable's relative value starts at the current directory, as it would on a command line; the
/// default, like everything else a spec says, is relative to the spec.
/// </remarks>
public sealed class SourceContext
{
    private readonly string _baseDirectory;
    private readonly Func<string, string?> _environment;

    /// <summary>Creates a context.</summary>
    /// <param name="baseDirectory">Where relative paths start: the spec file's folder.</param>
    /// <param name="environment">Looks up an environment variable; null for the process's own.</param>
    public SourceContext(string baseDirectory, Func<string, string?>? environment = null)
    {
        _baseDirectory = Path.GetFullPath(baseDirectory);
        _environment = environment ?? Environment.GetEnvironmentVariable;
    }

    /// <summary>The context of a spec file.</summary>
    /// <param name="specFile">The spec file's path.</param>
    /// <param name="environment">Looks up an environment variable; null for the process's own.</param>
    public static SourceContext ForFile(string specFile, Func<string, string?>? environment = null)
        => new(Path.GetDirectoryName(Path.GetFullPath(specFile)) ?? ".", environment);

    /// <summary>Resolves a required path.</summary>
    /// <param name="spec">The object that has the path.</param>
    /// <param name="member">The path's member.</param>
    /// <returns>An absolute path; nothing is known about the file itself.</returns>
    /// <exception cref="LegoNetException">The member is missing, no string or empty, or names a variable that is not set.</exception>
    public string ResolvePath(StrictJson spec, string member)
        => ResolveOptionalPath(spec, member) ?? throw spec.Error(member, "is missing");

    /// <summary>Resolves a path that may be absent.</summary>
    /// <param name="spec">The object that has the path.</param>
    /// <param name="member">The path's member.</param>
    /// <returns>An absolute path, or null where the member is absent.</returns>
    /// <exception cref="LegoNetException">The member is no string or empty, or names a variable that is not set.</exception>
    public string? ResolveOptionalPath(StrictJson spec, string member)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (spec.OptionalString(member) is not { } text)
        {
            return null;
        }

        var (path, startsWithVariable) = Expand(spec, member, text);
        if (path.Length == 0 || path.Contains('\0'))
        {
            throw spec.Error(member, "is no path");
        }

        return startsWithVariable ? Path.GetFullPath(path) : Path.GetFullPath(path, _baseDirectory);
    }

    private (string Path, bool StartsWithVariable) Expand(StrictJson spec, string member, string text)
    {
        var path = new StringBuilder();
        var startsWithVariable = false;
        var at = 0;
        while (text.IndexOf("${", at, StringComparison.Ordinal) is >= 0 and var open)
        {
            path.Append(text, at, open - at);
            var close = text.IndexOf('}', open);
            if (close < 0)
            {
                throw spec.Error(member, "has \"${\" without a closing brace");
            }

            var reference = text[(open + 2)..close];
            var separator = reference.IndexOf(":-", StringComparison.Ordinal);
            var name = separator < 0 ? reference : reference[..separator];
            if (name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
            {
                throw spec.Error(member, "has \"${\" without a variable's name");
            }

            var value = _environment(name);
            if (string.IsNullOrEmpty(value))
            {
                path.Append(separator >= 0
                    ? reference[(separator + 2)..]
                    : throw spec.Error(member, $"needs the environment variable {name}, which is not set"));
            }
            else
            {
                startsWithVariable |= open == 0;
                path.Append(value);
            }

            at = close + 1;
        }

        return (path.Append(text, at, text.Length - at).ToString(), startsWithVariable);
    }
}
