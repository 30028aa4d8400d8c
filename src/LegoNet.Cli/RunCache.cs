using System.CommandLine;
using System.Text.Json.Nodes;
using LegoNet.Caching;
using LegoNet.Encoders;

namespace LegoNet.Cli;

/// <summary>The cache of encodings of one run, or none: its encoder, its registration with the model, and what it has to say.</summary>
internal sealed class RunCache : IDisposable
{
    private readonly EncodingCache? _cache;
    private readonly CommandContext _context;

    private RunCache(EncodingCache? cache, ICodeEncoder encoder, CommandContext context)
    {
        _cache = cache;
        _context = context;
        Encoder = cache?.Encoder ?? encoder;
    }

    public ICodeEncoder Encoder { get; }

    public static Option<string?> Argument() => new("--cache")
    {
        Description = "A directory that keeps encodings, so that no record is encoded twice. It is registered with the model: forgetting purges it too.",
    };

    /// <summary>--drop-cache, common to what removes records from registered caches.</summary>
    public static Option<string[]> Drop() => new("--drop-cache")
    {
        Description = "Go on without a registered cache that is lost for good (once for each); receipt and ledger say so.",
        HelpName = "DIR",
        DefaultValueFactory = _ => [],
    };

    public static RunCache Open(string? path, ICodeEncoder encoder, ModelOptions options, CommandContext context)
    {
        var settings = new EncodingCacheOptions { Shred = options.Shred, Shared = options.Shared, Logger = options.Logger, Clock = options.Clock };
        return new RunCache(path is null ? null : EncodingCache.Open(path, encoder, settings), encoder, context);
    }

    /// <summary>Has a training register the cache before anything of a record can reach it.</summary>
    public void RegisterBy(ModelOptions training)
    {
        if (_cache is not null)
        {
            training.Caches = [_cache.Path];
        }
    }

    /// <summary>Registers the cache with a model that exists, before anything of a record can reach the cache.</summary>
    public void Register(LegoNetModel model)
    {
        if (_cache is not null)
        {
            model.RegisterCache(_cache.Path);
        }
    }

    /// <summary>Writes what is pending and adds hits and misses to a result. The model is done by then, so a full disk is worth a line only.</summary>
    public CommandResult Finish(CommandResult result)
    {
        if (_cache is null)
        {
            return result;
        }

        try
        {
            _cache.Flush();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or LegoNetException)
        {
            _context.Note($"warning: the cache could not be written ({e.Message}); what it lacks will be encoded again.");
        }

        result.Json["cache"] = new JsonObject { ["path"] = _cache.Path, ["hits"] = _cache.Hits, ["misses"] = _cache.Misses };
        var counts = $"{Plural.Of(_cache.Hits, "hit")}, {Plural.Of(_cache.Misses, "record")} encoded";
        return result with { Text = $"{result.Text.TrimEnd()}\ncache {_cache.Path}: {counts}" };
    }

    public void Dispose() => _cache?.Dispose();
}
