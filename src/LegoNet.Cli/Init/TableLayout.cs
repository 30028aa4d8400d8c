using System.Text.Json.Nodes;
using LegoNet.Data;
using LegoNet.Data.Json;
using LegoNet.Data.Sources;

namespace LegoNet.Cli.Init;

/// <summary>How a table's file is read, in the words of a spec's source.</summary>
/// <param name="Path">The file, absolute.</param>
/// <param name="Separator">The character between fields; null for the default of the file's name.</param>
/// <param name="HasHeader">Whether the first row names the columns.</param>
/// <param name="Columns">The columns' names where there is no header; null for "1", "2", ….</param>
/// <param name="Quotes">Whether quotes enclose fields.</param>
internal sealed record TableLayout(string Path, string? Separator, bool HasHeader, IReadOnlyList<string>? Columns, bool Quotes)
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

    /// <summary>Opens the rows, every column an input, just as a training will read them.</summary>
    public IRecordSource Open()
    {
        // "${" in a path would name an environment variable; the context answers with the path instead.
        var source = ToSource("tabular", "${DATA}").ToJsonString();
        return SourceRegistry.Create(StrictJson.Parse(source, Path), new SourceContext(".", _ => Path));
    }
}
