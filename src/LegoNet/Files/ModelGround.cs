namespace LegoNet.Files;

/// <summary>
/// The ground that models and caches of encodings stand on, where nobody else writes: their directories, and the files of their name
/// beside them.
/// </summary>
internal static class ModelGround
{
    // After the directory's name and a full stop.
    private static readonly string[] s_endings =
    [
        "key", "signing.pem", "signing.pem.next", "signing.pub.pem", "run.json", "steps.zip", "forgotten",
        "lock", "lock.holder", "readers", "readers.holder", "readers.mark", "partial", "replaced",
    ];

    // Of which any model has one, beside its records.
    private static readonly string[] s_marks = ["manifest.json", "manifest.json.new", "spec.json", "commit-in-progress"];

    private const string DraftEnding = ".new";
    private const string SetAside = ".ledger-";

    /// <summary>Refuses a path where something is to be made that is no part of a model.</summary>
    /// <param name="path">The path as given; messages name it.</param>
    /// <exception cref="LegoNetException">The path lies inside a model or a cache, or belongs to one.</exception>
    public static void Avoid(string path)
    {
        StayOutside(path);
        for (var at = RealPath.Of(path); at is not null; at = Path.GetDirectoryName(at))
        {
            if (OwnerOf(at) is { } owner)
            {
                throw LegoNetException.BadInput($"{path}: belongs to the model {owner}; choose another place.");
            }
        }
    }

    /// <summary>Refuses a path inside a model or a cache.</summary>
    /// <param name="path">The path as given; messages name it.</param>
    /// <exception cref="LegoNetException">The path lies there.</exception>
    public static void StayOutside(string path)
    {
        for (var at = Path.GetDirectoryName(RealPath.Of(path)); at is not null; at = Path.GetDirectoryName(at))
        {
            if (IsModel(at))
            {
                throw LegoNetException.BadInput($"{path}: lies inside the model directory {at}, which holds nothing but the model; choose another place.");
            }
        }
    }

    /// <summary>Whether a directory is a model or a cache of encodings, a damaged one too.</summary>
    private static bool IsModel(string directory)
        => Directory.Exists(Path.Combine(directory, "records"))
            && s_marks.Any(file => File.Exists(Path.Combine(directory, file)));

    /// <summary>The model that a path beside it belongs to; null for none.</summary>
    private static string? OwnerOf(string path)
    {
        var place = path.EndsWith(DraftEnding, StringComparison.Ordinal) ? path[..^DraftEnding.Length] : path;
        foreach (var ending in s_endings)
        {
            var rest = place.Length - ending.Length - 1;
            if (rest > 0 && place[rest] == '.' && place.EndsWith(ending, StringComparison.OrdinalIgnoreCase) && IsModel(place[..rest]))
            {
                return place[..rest];
            }
        }

        var aside = path.LastIndexOf(SetAside, StringComparison.Ordinal);
        return aside > 0 && !path[aside..].Contains(Path.DirectorySeparatorChar) && IsModel(path[..aside]) ? path[..aside] : null;
    }
}
