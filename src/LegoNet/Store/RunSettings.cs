using LegoNet.Data.Json;
using LegoNet.Files;

namespace LegoNet.Store;

/// <summary>What a run needs and a model must not depend on, kept beside the model.</summary>
/// <param name="Encoder">Where the encoder's file was last found; null for a built-in encoder.</param>
/// <param name="Caches">Caches of encodings that were registered here; the ledger lists those of a model that exists.</param>
internal sealed record RunSettings(string? Encoder, IReadOnlyList<CacheName> Caches)
{
    // Somebody may have mended the file by hand, so not closed.
    private static readonly JsonRules s_rules = new(
        Closed: false,
        LegoNetError.Damaged,
        problem => $"cannot be read ({problem}), and it names the caches that a forget purges; mend it, or remove it and the caches.");

    /// <summary>The columns that the records were read from, where they came from a view; null where they did not, or that is not known.</summary>
    public ViewColumns? Columns { get; init; }

    /// <summary>Full paths of the directories of runs that are planned for the model.</summary>
    public IReadOnlyList<string> Runs { get; init; } = [];

    /// <summary>Whether there is nothing to keep.</summary>
    public bool IsEmpty => Encoder is null && Caches.Count == 0 && Columns is null && Steps is null && Runs.Count == 0;

    /// <summary>The steps of a pipeline around the model; null where none are kept.</summary>
    public KeptSteps? Steps { get; init; }

    /// <summary>The settings as far as they can be read: without the encoder's path it is named on the command line.</summary>
    public static RunSettings Load(ModelPaths paths, IFileLayer layer)
    {
        try
        {
            return Read(paths, layer);
        }
        catch (LegoNetException)
        {
            return new RunSettings(null, []);
        }
    }

    /// <summary>The settings. A list of caches that cannot be read must not pass for an empty one, which would leave them unpurged.</summary>
    /// <exception cref="LegoNetException">The file is there but cannot be read.</exception>
    public static RunSettings Read(ModelPaths paths, IFileLayer layer)
    {
        try
        {
            var root = StrictJson.Parse(layer.ReadAllBytes(paths.RunSettings), paths.RunSettings, s_rules);
            var settings = new RunSettings(root.OptionalString("encoder"), CacheName.ReadAll(root, "caches"))
            {
                Columns = root.OptionalObject("columns") is { } columns ? ReadColumns(columns) : null,
                Steps = root.OptionalObject("steps") is { } steps ? ReadSteps(steps) : null,
                Runs = root.OptionalStrings("runs") ?? [],
            };
            root.Finish();
            return settings;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return new RunSettings(null, []);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw s_rules.Failure(paths.RunSettings, LegoNetException.Cause(e), e);
        }
    }

    public void Save(ModelPaths paths, IFileLayer layer)
    {
        var draft = paths.RunSettings + ".new";
        layer.WriteAllBytes(
            draft,
            CanonicalJson.Write(json =>
            {
                json.WriteStartObject();
                json.WriteString("encoder", Encoder);
                CacheName.WriteAll(json, "caches", Caches);
                if (Runs.Count > 0)
                {
                    json.WriteStartArray("runs");
                    foreach (var run in Runs)
                    {
                        json.WriteStringValue(run);
                    }

                    json.WriteEndArray();
                }

                if (Columns is not null)
                {
                    json.WriteStartObject("columns");
                    json.WriteString("label", Columns.Label);
                    json.WriteString("features", Columns.Features);
                    json.WriteString("subject", Columns.Subject);
                    json.WriteString("id", Columns.Id);
                    json.WriteEndObject();
                }

                if (Steps is not null)
                {
                    json.WriteStartObject("steps");
                    json.WriteString("digest", Steps.Digest);
                    json.WriteNumber("front", Steps.Front);
                    json.WriteEndObject();
                }

                json.WriteEndObject();
            }),
            flush: true,
            paths.Look);
        layer.Rename(draft, paths.RunSettings);
        layer.FlushDirectory(Path.GetDirectoryName(paths.RunSettings)!);
    }

    private static ViewColumns ReadColumns(StrictJson json)
    {
        var columns = new ViewColumns(json.String("label"), json.String("features"), json.OptionalString("subject"), json.OptionalString("id"));
        json.Finish();
        return columns;
    }

    private static KeptSteps ReadSteps(StrictJson json)
    {
        var steps = new KeptSteps(json.String("digest"), (int)json.Integer("front", 0, int.MaxValue, 0));
        json.Finish();
        return steps;
    }
}
