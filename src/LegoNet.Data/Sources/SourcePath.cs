using LegoNet.Data.Csv;
using LegoNet.Data.Files;
using LegoNet.Data.Formats;
using LegoNet.Data.Images;
using LegoNet.Data.Json;
using LegoNet.Data.Tables;
using LegoNet.Data.Vectors;

namespace LegoNet.Data.Sources;

/// <summary>Makes sources from paths on a command line.</summary>
public static class SourcePath
{
    private static readonly string[] s_imageArchives = [".tar", ".tgz"];

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

        SourceFile.RequireOrdinary(path);
        return Extension(path) switch
        {
            ".json" => FromJson(path, null),
            ".csv" or ".tsv" or ".tab" => InferCsv(path, kind),
            ".npy" => InferVectors(path, () => NpyHeader.Read(path), kind),
            ".safetensors" => InferVectors(path, () => SafetensorsVectors.Read(path, null), kind),
            var extension when s_imageArchives.Contains(extension) => InferImages(path, kind),
            _ => throw LegoNetException.BadInput(
                $"{path}: its name does not tell what it holds (.tar, .tar.gz, .tgz, .csv, .tsv, .npy, .safetensors or .json); describe it in a .json file."),
        };
    }

    private static IRecordSource FromJson(string file, string? fragment)
    {
        var root = StrictJson.Load(file);
        var context = SourceContext.ForFile(file);
        if (fragment is not null && !root.Has(fragment))
        {
            throw LegoNetException.BadInput($"{file}: has no member \"{fragment}\" (a spec's sources are #source and #test).");
        }

        return SourceRegistry.Create(fragment is null && root.Has("type") ? root : root.Object(fragment ?? "source"), context);
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
