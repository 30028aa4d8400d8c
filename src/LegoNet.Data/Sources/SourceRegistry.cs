using LegoNet.Data.Formats;
using LegoNet.Data.Json;
using LegoNet.Data.Tables;

namespace LegoNet.Data.Sources;

/// <summary>
/// The sources that specs can name by type. Built in: "images", "idx", "text", "tabular", "vectors", "npy", "safetensors".
/// LegoNet.Demo registers "generated".
/// </summary>
public static class SourceRegistry
{
    // In the order in which messages list them.
    private static readonly OrderedDictionary<string, ISourceFactory> s_factories = new(StringComparer.Ordinal)
    {
        ["images"] = new ImageSourceFactory(),
        ["idx"] = new IdxSourceFactory(),
        ["text"] = new CsvSourceFactory(CsvSourceFactory.TextShape),
        ["tabular"] = new CsvSourceFactory(_ => new TableRowShape()),
        ["vectors"] = new CsvSourceFactory(CsvSourceFactory.VectorShape),
        ["npy"] = new VectorFileSourceFactory((_, path) => () => NpyHeader.Read(path)),
        ["safetensors"] = new VectorFileSourceFactory(VectorFileSourceFactory.SafetensorsLayout),
    };

    private static readonly Lock s_lock = new();

    /// <summary>Registers the factory of a type; of two under one name the later one stands.</summary>
    /// <param name="type">What a description says as its "type".</param>
    /// <param name="factory">Makes the sources.</param>
    public static void Register(string type, ISourceFactory factory)
    {
        ArgumentException.ThrowIfNullOrEmpty(type);
        ArgumentNullException.ThrowIfNull(factory);
        lock (s_lock)
        {
            s_factories[type] = factory;
        }
    }

    /// <summary>Makes the source that a spec describes. Nothing is opened before the source is read.</summary>
    /// <param name="source">
    /// The description. Its "type" decides which other members it has; paths may name environment variables, see
    /// <see cref="SourceContext"/>:
    /// <list type="bullet">
    /// <item>"images": "path" (folder, .tar or .tar.gz of JPEG and PNG files), "include" (a rule over relative paths such as
    /// "train/{label}/*.jpg" with *, **, {label}, {subject}, {id}; default "**", all files). The id is the whole relative path
    /// unless the rule has {id}; the subject is the id unless it has {subject}.</item>
    /// <item>"idx": "images", "labels" (optional), "labelNames" (optional, in the order of the numbers).</item>
    /// <item>"text": the CSV members and "text" (the column, default "text") or "texts" (several, joined by line feeds).</item>
    /// <item>"tabular": the CSV members; every column but label, subject and id is an input.</item>
    /// <item>"vectors": the CSV members and "features" (columns) or "featuresFrom" and "featuresTo"; default all other columns.</item>
    /// <item>"npy": "vectors" (.npy, float32, float64, float16 or int8 [N, D]), "records" (optional: a CSV file whose row i belongs to vector i),
    /// and for it the CSV members except "path".</item>
    /// <item>"safetensors": as "npy", and "tensor" (the array's name; may be left out where the file has one array).</item>
    /// <item>A registered type: whatever its <see cref="ISourceFactory"/> reads.</item>
    /// </list>
    /// CSV members: "path" (also .gz), "separator" (default tab for .tsv and .tab, otherwise comma), "header" (default true), "columns"
    /// (names where there is no header; default "1", "2", …), "quotes" (default true: RFC 4180), "skipBlank" (default false), "label",
    /// "subject", "id" (columns' names), "labelTrim" (characters to take off both ends of labels). A record without an id column is
    /// named "file:row" by the file's name and the row's number from 1.
    /// </param>
    /// <param name="context">Resolves paths.</param>
    /// <exception cref="LegoNetException">The type is not known here, or the description is malformed or has an unknown member.</exception>
    public static IRecordSource Create(StrictJson source, SourceContext context)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(context);
        var made = Find(source).Create(source, context);
        source.Finish();
        return made;
    }

    private static ISourceFactory Find(StrictJson source)
    {
        lock (s_lock)
        {
            return s_factories[source.Choice("type", null, [.. s_factories.Keys])];
        }
    }
}
