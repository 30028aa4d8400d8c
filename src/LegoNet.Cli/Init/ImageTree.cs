using LegoNet.Data.Files;
using LegoNet.Data.Images;

namespace LegoNet.Cli.Init;

/// <summary>The images of a folder or archive in which a folder's name is its images' class, and the rules that take them.</summary>
internal sealed class ImageTree
{
    private static readonly string[] s_read = [".jpg", ".jpeg", ".png"];
    private static readonly string[] s_notRead = [".bmp", ".gif", ".webp", ".tif", ".tiff", ".heic", ".avif"];
    private static readonly string[] s_archives = [".tar", ".tgz"];
    private static readonly string[] s_tests = ["test", "testing", "val", "valid", "validation"];

    /// <summary>The classes, sorted.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>The images to train on.</summary>
    public required long Images { get; init; }

    /// <summary>The rule that takes them.</summary>
    public required string Include { get; init; }

    /// <summary>The rule that takes images kept apart for tests; null where there are none.</summary>
    public string? Test { get; init; }

    /// <summary>Whether a file's name tells an archive of images.</summary>
    public static bool IsArchive(string path) => s_archives.Contains(Path.GetExtension(SourceFile.FormatName(path)), StringComparer.Ordinal);

    /// <summary>Looks at the names in a folder or archive; no image is decoded.</summary>
    /// <exception cref="LegoNetException">There are no two classes, or there are files of kinds that are not read.</exception>
    public static ImageTree Of(string path, CancellationToken cancellationToken)
    {
        var names = Names(path, cancellationToken)
            .Select(n => n.Split('/'))
            .Where(n => n.Length >= 2 && n.All(part => !part.StartsWith('.')))
            .ToList();
        if (names.FirstOrDefault(n => s_notRead.Contains(Extension(n), StringComparer.OrdinalIgnoreCase)) is { } other)
        {
            throw LegoNetException.BadInput(
                $"{Path.Combine([path, .. other[..^1]])}: has {Extension(other)} files; LegoNet reads JPEG and PNG, so convert them first.");
        }

        // Where images lie at several depths, most of them lie where the classes are.
        var depth = names.Where(IsImage).GroupBy(n => n.Length).OrderByDescending(g => g.Count()).ThenBy(g => g.Key).FirstOrDefault()?.Key ?? 0;
        var found = names.Where(n => n.Length == depth && IsImage(n)).ToList();
        var splits = found.GroupBy(n => string.Join('/', n[..^2])).ToDictionary(g => g.Key, g => g.ToList(), StringComparer.Ordinal);
        var test = splits.Count == 2 ? splits.Keys.FirstOrDefault(k => s_tests.Contains(k.Split('/')[^1], StringComparer.OrdinalIgnoreCase)) : null;
        var train = test is null ? found : splits.Single(s => s.Key != test).Value;
        var prefix = splits.Count == 1 ? splits.Keys.Single() : test is null ? "**" : splits.Keys.Single(k => k != test);
        var ending = Ending(path, [.. names.Where(n => n.Length == depth && found.Any(f => f[^2] == n[^2]))], found);
        string[] classes = [.. train.Select(n => n[^2]).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return classes.Length >= 2
            ? new ImageTree
            {
                Classes = classes,
                Images = train.Count,
                Include = Rule(prefix),
                Test = test is null ? null : Rule(test),
            }
            : throw LegoNetException.BadInput(
                $"{path}: has {Plural.Of(classes.Length, "subfolder")} with JPEG or PNG files, where one for each of at least two classes is expected.");

        string Rule(string folder) => folder.Length == 0 ? "{label}/*" + ending : $"{folder}/{{label}}/*{ending}";
    }

    // One kind of file is named, so that what lies beside the images (Thumbs.db, notes) is not taken for one.
    private static string Ending(string path, List<string[]> beside, List<string[]> images)
    {
        if (images.Select(Extension).Distinct(StringComparer.Ordinal).ToArray() is [var only])
        {
            return only;
        }

        return beside.FirstOrDefault(n => !IsImage(n)) is not { } stray ? ""
            : throw LegoNetException.BadInput(
                $"{path}: holds {(Extension(stray).Length == 0 ? "files without an extension" : $"{Extension(stray)} files")} beside images of several kinds; "
                + "take them out, or give all images one extension.");
    }

    private static List<string> Names(string path, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        PathMatch? Note(string name)
        {
            names.Add(name);
            return null;
        }

        // Every name is looked at and no file is read.
        _ = (Directory.Exists(path) ? ImageFolder.Read(path, Note, cancellationToken) : ImageArchive.Read(path, Note, cancellationToken)).Any();
        return names;
    }

    private static bool IsImage(string[] name) => s_read.Contains(Extension(name), StringComparer.OrdinalIgnoreCase);

    private static string Extension(string[] name) => Path.GetExtension(name[^1]);
}
