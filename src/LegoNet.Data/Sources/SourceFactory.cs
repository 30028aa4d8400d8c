using LegoNet.Data.Csv;
using LegoNet.Data.Files;
using LegoNet.Data.Formats;
using LegoNet.Data.Generated;
using LegoNet.Data.Images;
using LegoNet.Data.Json;
using LegoNet.Data.Tables;
using LegoNet.Data.Vectors;

namespace LegoNet.Data.Sources;

/// <summary>Makes sources from their descriptions in specs and from paths on a command line.</summary>
public static class SourceFactory
{
    private static readonly string[] s_imageArchives = [".tar", ".tgz"];

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
    /// <item>"npy": "vectors" (.npy, float32 or float64 [N, D]), "records" (optional: a CSV file whose row i belongs to vector i),
    /// and for it the CSV members except "path".</item>
    /// <item>"safetensors": as "npy", and "tensor" (the array's name; may be left out where the file has one array).</item>
    /// <item>"generated": see <see cref="GeneratedImageSource.FromSpec"/>.</item>
    /// </list>
    /// CSV members: "path" (also .gz), "separator" (default tab for .tsv and .tab, otherwise comma), "header" (default true), "columns"
    /// (names where there is no header; default "1", "2", …), "quotes" (default true: RFC 4180), "skipBlank" (default false), "label",
    /// "subject", "id" (columns' names), "labelTrim" (characters to take off both ends of labels). A record without an id column is
    /// named "file:row" by the file's name and the row's number from 1.
    /// </param>
    /// <param name="context">Resolves paths.</param>
    /// <exception cref="LegoNetException">The description is malformed or has an unknown member.</exception>
    public static IRecordSource Create(SpecObject source, SourceContext context)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(context);
        var type = source.Choice("type", null, "images", "idx", "text", "tabular", "vectors", "npy", "safetensors", "generated");
        IRecordSource made = type switch
        {
            "images" => CreateImages(source, context),
            "idx" => CreateIdx(source, context),
            "text" => CreateCsv(source, context, TextShape(source)),
            "tabular" => CreateCsv(source, context, new TableRowShape()),
            "vectors" => CreateCsv(source, context, VectorShape(source)),
            "npy" => CreateNpy(source, context),
            "generated" => GeneratedImageSource.FromSpec(source),
            _ => CreateSafetensors(source, context),
        };
        source.Finish();
        return made;
    }

    /// <summary>Makes a source from a path alone, as given on a command line.</summary>
    /// <param name="path">
    /// One of:
    /// a folder, .tar, .tar.gz or .tgz of images (the label is the name of the folder an image lies in; none at the top);
    /// a .csv, .tsv or .tab file (also .gz) with a header, whose columns "label", "subject", "id" and, for texts, "text" are
    /// taken by their names where present;
    /// a .npy or .safetensors file, with a .csv file of the same name beside it read for those columns where there is one;
    /// a .json file that describes a source, or one that has sources as members: "pipelines/cifar10.json#test" (default "#source").
    /// </param>
    /// <param name="kind">What the encoder reads; decides how the rows of a table are taken.</param>
    /// <exception cref="LegoNetException">The file is missing or malformed, or cannot be read without a description.</exception>
    public static IRecordSource Infer(string path, RecordInputKind kind)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (Directory.Exists(path))
        {
            return InferImages(path, kind);
        }

        if (!File.Exists(path))
        {
            var hash = path.LastIndexOf('#');
            var file = hash < 0 ? path : path[..hash];
            return hash >= 0 && Extension(file) == ".json" && File.Exists(file)
                ? FromJson(file, path[(hash + 1)..])
                : throw LegoNetException.BadInput($"{file}: no such file or folder.");
        }

        return Extension(path) switch
        {
            ".json" => FromJson(path, null),
            ".csv" or ".tsv" or ".tab" => InferCsv(path, kind),
            ".npy" => InferVectors(path, () => NpyHeader.Read(path), kind),
            ".safetensors" => InferVectors(path, () => SafetensorsVectors.Read(path, null), kind),
            var extension when s_imageArchives.Contains(extension) => InferImages(path, kind),
            _ => throw LegoNetException.BadInput($"{path}: its name does not tell what it holds (.tar, .tar.gz, .tgz, .csv, .tsv, .npy, .safetensors or .json); describe it in a .json file."),
        };
    }

    private static ImageSource CreateImages(SpecObject source, SourceContext context)
    {
        var path = context.ResolvePath(source, "path");
        var rule = source.OptionalString("include") ?? "**";
        try
        {
            return new ImageSource(path, PathRule.Parse(rule));
        }
        catch (FormatException e)
        {
            throw source.Error("include", e.Message);
        }
    }

    private static IdxSource CreateIdx(SpecObject source, SourceContext context)
        => new(context.ResolvePath(source, "images"), context.ResolveOptionalPath(source, "labels"), source.OptionalStrings("labelNames"));

    private static CsvSource CreateCsv(SpecObject source, SourceContext context, IRowShape shape)
    {
        var path = context.ResolvePath(source, "path");
        return new CsvSource(path, ReadCsvOptions(source, path), ReadRecordColumns(source), shape);
    }

    private static TextRowShape TextShape(SpecObject source)
    {
        if (source.OptionalStrings("texts") is not { } texts)
        {
            return new TextRowShape([source.OptionalString("text") ?? "text"]);
        }

        return source.Has("text") ? throw source.Error("texts", "cannot stand beside \"text\"")
            : texts.Count > 0 ? new TextRowShape(texts)
            : throw source.Error("texts", "is empty");
    }

    private static VectorRowShape VectorShape(SpecObject source)
    {
        var features = source.OptionalStrings("features");
        var (from, to) = (source.OptionalString("featuresFrom"), source.OptionalString("featuresTo"));
        if ((from is null) != (to is null))
        {
            throw source.Error(from is null ? "featuresFrom" : "featuresTo", "is missing: a range needs both ends");
        }

        if (features is not null && from is not null)
        {
            throw source.Error("features", "cannot stand beside \"featuresFrom\"");
        }

        if (features is not null && (features.Count == 0 || features.Distinct(StringComparer.Ordinal).Count() != features.Count))
        {
            throw source.Error("features", features.Count == 0 ? "is empty" : "names a column twice");
        }

        return new VectorRowShape(features, from, to);
    }

    private static VectorFileSource CreateNpy(SpecObject source, SourceContext context)
    {
        var path = context.ResolvePath(source, "vectors");
        return new VectorFileSource(path, () => NpyHeader.Read(path), ReadRecordTable(source, context));
    }

    private static VectorFileSource CreateSafetensors(SpecObject source, SourceContext context)
    {
        var path = context.ResolvePath(source, "vectors");
        var tensor = source.OptionalString("tensor");
        return new VectorFileSource(path, () => SafetensorsVectors.Read(path, tensor), ReadRecordTable(source, context));
    }

    // Without "records" the members about its columns stay unread, so that Finish names them as errors.
    private static RecordTable? ReadRecordTable(SpecObject source, SourceContext context)
        => context.ResolveOptionalPath(source, "records") is { } records
            ? new RecordTable(records, ReadCsvOptions(source, records), ReadRecordColumns(source))
            : null;

    private static CsvOptions ReadCsvOptions(SpecObject source, string path)
    {
        var separator = source.OptionalString("separator") ?? CsvOptions.ForPath(path).Separator.ToString();
        if (separator is not [var c] || !(c == '\t' || c is >= ' ' and <= '~') || c == '"')
        {
            throw source.Error("separator", "must be one ASCII character other than a quote");
        }

        var header = source.Boolean("header", true);
        var columns = source.OptionalStrings("columns");
        if (columns is not null)
        {
            if (header)
            {
                throw source.Error("columns", "stands only beside \"header\": false");
            }

            if (columns.Count == 0 || columns.Distinct(StringComparer.Ordinal).Count() != columns.Count)
            {
                throw source.Error("columns", columns.Count == 0 ? "is empty" : "names a column twice");
            }
        }

        return new CsvOptions(c, header, columns, source.Boolean("skipBlank", false), source.Boolean("quotes", true));
    }

    private static RecordColumns ReadRecordColumns(SpecObject source)
        => new(source.OptionalString("label"), source.OptionalString("subject"), source.OptionalString("id"), source.OptionalString("labelTrim") ?? "");

    private static IRecordSource FromJson(string file, string? fragment)
    {
        var root = SpecObject.Load(file);
        var context = SourceContext.ForFile(file);
        if (fragment is not null && !root.Has(fragment))
        {
            throw LegoNetException.BadInput($"{file}: has no member \"{fragment}\" (a spec's sources are #source and #test).");
        }

        return fragment is null && root.Has("type") ? Create(root, context) : Create(root.Object(fragment ?? "source"), context);
    }

    private static ImageSource InferImages(string path, RecordInputKind kind)
        => kind == RecordInputKind.Image
            ? new ImageSource(path, PathRule.Parse("**/{label}/*"), PathRule.Parse("*"))
            : throw NotThisKind(path, "images", kind);

    private static CsvSource InferCsv(string path, RecordInputKind kind)
    {
        IRowShape shape = kind switch
        {
            RecordInputKind.Text => new TextRowShape(["text"]),
            RecordInputKind.Table => new TableRowShape(),
            RecordInputKind.Vector => new VectorRowShape(null, null, null),
            _ => throw NotThisKind(path, "rows of text", kind),
        };
        var options = CsvOptions.ForPath(path);
        return new CsvSource(path, options, InferColumns(path, options), shape);
    }

    private static VectorFileSource InferVectors(string path, Func<VectorLayout> readLayout, RecordInputKind kind)
    {
        if (kind != RecordInputKind.Vector)
        {
            throw NotThisKind(path, "vectors", kind);
        }

        var records = Path.ChangeExtension(path, ".csv");
        if (!File.Exists(records))
        {
            return new VectorFileSource(path, readLayout, null);
        }

        var options = CsvOptions.ForPath(records);
        return new VectorFileSource(path, readLayout, new RecordTable(records, options, InferColumns(records, options)));
    }

    private static RecordColumns InferColumns(string path, CsvOptions options)
    {
        using var table = CsvTable.Open(path, options);
        string? IfPresent(string name) => table.Columns.Contains(name) ? name : null;
        return new RecordColumns(IfPresent("label"), IfPresent("subject"), IfPresent("id"));
    }

    private static string Extension(string path) => Path.GetExtension(SourceFile.FormatName(path));

    private static LegoNetException NotThisKind(string path, string has, RecordInputKind kind)
        => LegoNetException.BadInput($"{path}: holds {has}, and the model's encoder reads {kind switch
        {
            RecordInputKind.Image => "images",
            RecordInputKind.Text => "texts",
            RecordInputKind.Table => "table rows",
            _ => "vectors",
        }}.");
}
