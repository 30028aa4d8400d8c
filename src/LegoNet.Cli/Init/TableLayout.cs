using System.Text.Json.Nodes;
using LegoNet.Data;
using LegoNet.Data.Json;
using LegoNet.Data.Sources;

namespace LegoNet.Cli.Init;

/// <summary>How a table's file is read, in the words of a spec's source.</summary>
/// <param name="Separator">The character between fields; null for the default of the file's name.</param>
/// <param name="HasHeader">Whether the first row names the columns.</param>
/// <param name="Columns">The columns' names where there is no header; null for "1", "2", ….</param>
/// <param name="Quotes">Whether quotes enclose fields.</param>
internal sealed record TableLayout(string? Separator, bool HasHeader, IReadOnlyList<string>? Columns, bool Quotes)
{
    /// <summary>The source's members, but for the columns with a meaning of their own.</summary>
    /// <param name="type">"tabular" or "text".</param>
    /// <param name="path">The path to write.</param>
    public JsonObject ToSource(string type, string path)
    {
        var source = new JsonObject { ["type"] = type, ["path"] = path };
        if (Separator is not null)
        {
            source["separator"] = Separator;
        }

        if (!HasHeader)
        {
            source["header"] = false;
        }

        if (Columns is not null)
        {
            source["columns"] = new JsonArray([.. Columns.Select(c => (JsonNode)c)]);
        }

        if (!Quotes)
        {
            source["quotes"] = false;
        }

        // ML.NET passes over blank lines too.
        source["skipBlank"] = true;
        return source;
    }

    /// <summary>Adds the columns of label, subject and id.</summary>
    public static JsonObject WithRoles(JsonObject source, string? label, string? subject, string? id)
    {
        foreach (var (member, column) in (ReadOnlySpan<(string, string?)>)[("label", label), ("subject", subject), ("id", id)])
        {
            if (column is not null)
            {
                source[member] = column;
            }
        }

        return source;
    }

    /// <summary>Opens the rows of a file, every column an input but those with a meaning of their own, just as a training will read them.</summary>
    /// <param name="path">The file, absolute.</param>
    /// <param name="label">The label's column, if it is known.</param>
    /// <param name="subject">The subject's column, if there is one.</param>
    /// <param name="id">The id's column, if there is one.</param>
    public IRecordSource Open(string path, string? label = null, string? subject = null, string? id = null)
    {
        // "${" in a path would name an environment variable; the context answers with the path instead.
        var source = WithRoles(ToSource("tabular", "${DATA}"), label, subject, id).ToJsonString();
        return SourceRegistry.Create(StrictJson.Parse(source, path), new SourceContext(".", _ => path));
    }

    /// <summary>The fields of a file's first row.</summary>
    /// <exception cref="LegoNetException">The file is missing, empty or malformed.</exception>
    public int FieldCount(string path, CancellationToken cancellationToken)
        => Open(path).Read(cancellationToken).Select(r => ((TableRowInput)r.Input).Columns.Count).First();

    /// <summary>Reads a file with the quoting that is said, or, where it reads only so, with the other.</summary>
    /// <typeparam name="T">What reading gives.</typeparam>
    /// <param name="path">The file, for the warning.</param>
    /// <param name="said">Whether quotes enclose fields; null where nobody says.</param>
    /// <param name="warnings">Receives a line where it reads only otherwise.</param>
    /// <param name="read">Reads with quotes or without.</param>
    /// <exception cref="LegoNetException">It reads in neither way; the failure is that of the way that is said.</exception>
    public static T ReadQuoted<T>(string path, bool? said, List<string> warnings, Func<bool, T> read)
    {
        // Where nobody says whether quotes enclose fields, they do: that is how CSV files are written.
        var quotes = said ?? true;
        try
        {
            return read(quotes);
        }
        catch (LegoNetException)
        {
            T other;
            try
            {
                other = read(!quotes);
            }
            catch (LegoNetException)
            {
                other = default!;
            }

            if (other is null)
            {
                throw;
            }

            var against = said is null ? "" : ", against what the configuration says";
            warnings.Add($"{Path.GetFileName(path)} reads only with \"quotes\": {(quotes ? "false" : "true")}{against}; the spec says so.");
            return other;
        }
    }
}
