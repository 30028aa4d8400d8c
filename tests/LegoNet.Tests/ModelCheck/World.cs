using System.Globalization;
using LegoNet.Audit;
using LegoNet.Caching;
using LegoNet.Data;
using LegoNet.Encoders;
using LegoNet.Files;
using LegoNet.Records;
using LegoNet.Store;
using LegoNet.Tests.Support;

namespace LegoNet.Tests.ModelCheck;

/// <summary>A model on disk with everything beside it, open twice; its caches; the reference of it; and what people were given.</summary>
internal sealed class World : IDisposable
{
    private static readonly string?[] s_adapters = [null, Models.Softmax, Models.Auto, null, Models.RidgeAuto];
    private static readonly string[] s_beside = [".key", ".signing.pem", ".signing.pem.next", ".signing.pub.pem", ".run.json", ".forgotten"];

    private readonly TempFolder _folder = new(inMemory: true);
    private readonly LegoNetModel?[] _open = new LegoNetModel?[2];
    private readonly List<string> _log = [];

    /// <param name="trainer">A number that says by which trainer.</param>
    public World(int trainer)
    {
        Definition = Models.Definition(adapters: 4, active: 2, segmentRows: 3, dimension: 5, adapter: s_adapters[trainer % s_adapters.Length]);
        Clock.Advance(TimeSpan.FromDays(1));
        File.WriteAllText(Path + ".key", Convert.ToHexStringLower([.. Enumerable.Range(1, 32).Select(i => (byte)(7 * i))]));
        Reference.Records[new Identity(0, 0)] = new Content(0, "class-1");
        Reference.Records[new Identity(1, 1)] = new Content(0, "class-2");
        Reference.Records[new Identity(1, 2)] = new Content(0, "class-0");
        _open[0] = LegoNetModel.Train(Path, Definition, Encoded(Reference.Records.Keys, null), Options());
        Reference.Model = _open[0]!.History.Head.Model;
        Reference.Keys.Add(new Key(_open[0]!.VerificationKeys[0].Fingerprint, 1, int.MaxValue, IsStolen: false));
        Note(_open[0]!, Operations.Train, new HashSet<Target>());
    }

    public ModelDefinition Definition { get; }

    public string Path => _folder["model"];

    public string LedgerFolder => System.IO.Path.Combine(Path, "ledger");

    public string SigningKey => Path + ".signing.pem";

    /// <summary>Where the key in use is: a crash in a change of keys leaves it under another name until the next change.</summary>
    public string SigningKeyInUse => File.Exists(SigningKey + ".next") ? SigningKey + ".next" : SigningKey;

    public string PublicKeys => Path + ".signing.pub.pem";

    public ManualClock Clock { get; } = new();

    public Reference Reference { get; private set; } = new();

    public List<CacheCopy> Caches { get; } = [];

    /// <summary>Those of the registered caches that are where the model looks for them.</summary>
    public IEnumerable<CacheCopy> CachesInReach => Caches.Where(c => Reference.Caches.Contains(new CacheEntry(c.Number, c.Place)));

    /// <summary>Those that are not.</summary>
    public IEnumerable<CacheEntry> CachesOutOfReach => Reference.Caches.Where(entry => !Caches.Any(c => new CacheEntry(c.Number, c.Place) == entry));

    public List<Promise> Promises { get; } = [];

    public List<HeldProof> Proofs { get; } = [];

    /// <summary>Files of keys that sign nothing new.</summary>
    public List<byte[]> RetiredKeys { get; } = [];

    public List<(string Folder, Reference Reference)> Backups { get; } = [];

    public string this[string name] => _folder[name];

    public string Log => string.Join('\n', _log);

    public void Say(string what) => _log.Add(what);

    public ModelOptions Options(IFileLayer? files = null, bool replace = false)
        => new() { Threads = 1, Clock = Clock, Files = files ?? new UnflushedFiles(), Replace = replace };

    public static string TextOf(Identity record, Content content)
        => string.Create(CultureInfo.InvariantCulture, $"{record.Subject}/{record.Id}/{content.Version}");

    /// <summary>One of two open instances; the other one changes the model, too.</summary>
    public LegoNetModel Model(Random random)
    {
        var i = random.Next(_open.Length);
        return _open[i] ??= LegoNetModel.Open(Path, Options());
    }

    /// <summary>Another instance, for which a cache is lost for good.</summary>
    public LegoNetModel OpenDropping(string cache)
    {
        var options = Options();
        options.DropCaches = [cache];
        return LegoNetModel.Open(Path, options);
    }

    public void Close()
    {
        for (var i = 0; i < _open.Length; i++)
        {
            _open[i]?.Dispose();
            _open[i] = null;
        }
    }

    /// <summary>Records as sources give them, each under one of its spellings.</summary>
    public EncodedRecord[] Encoded(IEnumerable<Identity> records, Random? random, Func<Identity, Content>? content = null, CacheCopy? through = null)
    {
        content ??= record => Reference.Records[record];
        var chosen = records.ToArray();
        random?.Shuffle(chosen);
        SourceRecord[] sources =
        [
            .. chosen.Select(r => new SourceRecord(
                Names.Subject(r.Subject, random),
                Names.Id(r.Id, random),
                content(r).Label,
                new TextInput(TextOf(r, content(r))),
                "test")),
        ];
        var d = Definition.Spec.Dimension;
        var codes = new sbyte[sources.Length * d];
        using var encoder = new TextEncoder(d);
        if (through is not null)
        {
            using var cache = EncodingCache.Open(through.Place, encoder, CacheOptions());
            cache.Encoder.Encode(sources, codes);
            through.Rows.UnionWith(chosen);
        }
        else
        {
            encoder.Encode(sources, codes);
        }

        return
        [
            .. sources.Select((s, i) => new EncodedRecord(s.Subject, s.Id, s.Label, codes[(i * d)..((i + 1) * d)], Models.Fingerprint, s.Origin)),
        ];
    }

    /// <summary>The reference learns of the entry that a change must have written.</summary>
    public void Note(LegoNetModel model, string operation, IReadOnlySet<Target> targets, IReadOnlyList<CacheEntry>? dropped = null)
    {
        var entry = model.History.Entries().Last();
        Assert.Equal(Reference.Ledger.Count == 0 ? 1 : Reference.Head.Sequence + 1, entry.Sequence);
        Assert.Equal((operation, Clock.GetUtcNow()), (entry.Operation, entry.Time));
        Assert.Equal(targets.Select(Names.Tag).Order(StringComparer.Ordinal), entry.Tags);
        Assert.Equal(Reference.Ledger.Count == 0 ? null : Reference.Root, entry.RootBefore);
        Reference.Ledger.Add(new Line(entry.Sequence, entry.Time, operation, targets, entry.RootAfter, entry.Digest) { Dropped = dropped ?? [] });
        if (operation is not (Operations.Keys or Operations.Prune))
        {
            Reference.ListCaches(dropped ?? []);
        }
    }

    /// <summary>What the caches lose; only those that are registered do.</summary>
    public long Purge(IReadOnlyCollection<Target> targets)
        => CachesInReach.Sum(cache => cache.Rows.RemoveWhere(r => targets.Any(t => t.Covers(r))));

    /// <summary>What the caches lose where the change itself is refused.</summary>
    public void PurgeWhereAllAreInReach(IReadOnlyCollection<Target> targets)
    {
        if (!CachesOutOfReach.Any())
        {
            Purge(targets);
        }
    }

    /// <summary>How many rows a cache holds of a target.</summary>
    public int CountCached(CacheCopy cache, Target target)
    {
        using var directory = EncodingCacheDirectory.Open(EncodingCacheOptions.RunAt(cache.Place, CacheOptions()), create: null);
        var asked = new ForgetTarget(Names.Subject(target.Subject), target.Id is { } id ? Names.Id(id) : null);
        return directory.KeysOf(TagTarget.Of(asked, directory.TagKey)).Count;
    }

    public EncodingCacheOptions CacheOptions() => new() { Files = new UnflushedFiles(), Clock = Clock };

    public static LegoNetException Refused(Action action)
    {
        var refusal = Assert.Throws<LegoNetException>(action);
        Assert.DoesNotContain('\n', refusal.Message);
        return refusal;
    }

    public WriterLock HoldLock() => WriterLock.TryAcquire(new ModelRun(new ModelPaths(Path)))!;

    /// <summary>Copies the model with what is beside it, the cache aside.</summary>
    public void Save(string name)
    {
        Tree.Copy(Path, _folder[name]);
        foreach (var ending in s_beside)
        {
            CopyOrDelete(Path + ending, _folder[name] + ending);
        }
    }

    /// <summary>Puts a copy back.</summary>
    public void PutBack(string name, bool directoryOnly = false)
    {
        Close();
        Tree.Copy(_folder[name], Path);
        foreach (var ending in directoryOnly ? [] : s_beside)
        {
            CopyOrDelete(_folder[name] + ending, Path + ending);
        }
    }

    /// <summary>Does something to the model's files, and then puts everything back as it was.</summary>
    public void Spoil(Action action)
    {
        Close();
        Save("safe");
        action();
        PutBack("safe");
    }

    /// <summary>Goes back to what was true then; what people hold since, they go on to hold.</summary>
    public void GoBackTo(Reference then) => Reference = then.Clone();

    public void Dispose()
    {
        Close();
        _folder.Dispose();
    }

    private static void CopyOrDelete(string from, string to)
    {
        File.Delete(to);
        if (File.Exists(from))
        {
            File.Copy(from, to);
        }
    }
}
