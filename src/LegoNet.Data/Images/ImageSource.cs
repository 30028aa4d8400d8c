namespace LegoNet.Data.Images;

/// <summary>Image files (JPEG, PNG) in a folder or a .tar or .tar.gz archive.</summary>
/// <remarks>
/// The id defaults to the whole relative path, which is unique; {id} in a rule is for file names that are unique within their
/// subject, which numbers repeated in every class folder are not. The subject defaults to the id.
/// </remarks>
internal sealed class ImageSource : IRecordSource
{
    private const int MaxFileBytes = 64 << 20;

    private readonly PathRule[] _rules;

    /// <param name="path">The folder or archive.</param>
    /// <param name="rules">Which files to take; the first rule that matches a path holds.</param>
    public ImageSource(string path, params PathRule[] rules)
    {
        Name = path;
        _rules = rules;
    }

    public string Name { get; }

    public long? Count => null;

    public bool IdsArePositions => false;

    public IEnumerable<SourceRecord> Read(CancellationToken cancellationToken)
    {
        var files = Directory.Exists(Name)
            ? ImageFolder.Read(Name, Match, cancellationToken)
            : ImageArchive.Read(Name, Match, cancellationToken);
        var any = false;
        foreach (var file in files)
        {
            any = true;
            var place = $"{Name}: {file.Path}";
            if (!ImageFormat.IsSupported(file.Bytes))
            {
                throw LegoNetException.BadInput($"{place}: {ImageFormat.DescribeUnsupported(file.Bytes)}.");
            }

            var id = RecordName.Normalize(file.Match.Id ?? file.Path, "id", place);
            var subject = RecordName.Normalize(file.Match.Subject ?? id, "subject", place);
            yield return new SourceRecord(subject, id, file.Match.Label, new ImageFileInput(file.Bytes), place);
        }

        if (!any)
        {
            throw LegoNetException.BadInput($"{Name}: no file in it matches the rule {string.Join(" or ", _rules.Select(r => $"\"{r.Pattern}\""))}.");
        }
    }

    /// <summary>Refuses a file that is too large for an image, before memory is taken for it.</summary>
    public static void CheckSize(long length, string place)
    {
        if (length is < 0 or > MaxFileBytes)
        {
            throw LegoNetException.BadInput($"{place}: larger than {MaxFileBytes >> 20} MiB, so not read as an image.");
        }
    }

    private PathMatch? Match(string path)
    {
        foreach (var rule in _rules)
        {
            if (rule.Match(path) is { } match)
            {
                return match;
            }
        }

        return null;
    }
}
