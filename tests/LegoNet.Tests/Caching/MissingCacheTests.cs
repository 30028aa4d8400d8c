using LegoNet.Audit;
using LegoNet.Caching;
using LegoNet.Changes;
using LegoNet.Data;
using LegoNet.Encoders;
using LegoNet.Files;
using LegoNet.Records;
using LegoNet.Specs;
using LegoNet.Store;
using LegoNet.Tests.Support;

namespace LegoNet.Tests.Caching;

/// <summary>A registered cache that is out of reach keeps what it holds, so nothing is said to be forgotten until somebody decides about it.</summary>
public sealed class MissingCacheTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly WordEncoder _encoder = new();
    private readonly SourceRecord[] _records = [.. Enumerable.Range(0, 24).Select(Record)];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Forget_CacheIsMissing_IsRefusedBeforeAnythingIsChanged()
    {
        using var model = Train();
        var (root, other) = (model.RootDigest, Cache("other"));
        model.RegisterCache(other);
        Move("cache", "elsewhere");
        var e = Assert.Throws<LegoNetException>(() => model.Forget("subject-2"));
        Assert.Equal(LegoNetReason.CacheUnreachable, e.Reason);
        Assert.StartsWith($"{_folder["cache"]}: this cache of encodings is registered with the model and is not there", e.Message, StringComparison.Ordinal);
        Assert.Equal(root, model.RootDigest);
        Assert.Equal(24, Rows(other)); // Not even the caches that are there.

        // As an unmounted disk leaves it.
        Directory.CreateDirectory(_folder["cache"]);
        Assert.Equal(LegoNetReason.CacheUnreachable, Assert.Throws<LegoNetException>(() => model.Forget("subject-2")).Reason);
        Directory.Delete(_folder["cache"]);

        // It is back, or it is registered at its new place.
        model.RegisterCache(_folder["elsewhere"]);
        Assert.Equal([other, _folder["elsewhere"]], model.RegisteredCaches.Order(StringComparer.Ordinal).Reverse());
        Assert.Equal(8, model.Forget("subject-2").CachesPurged);
        Assert.True(model.Verify(cancellationToken: Stop).IsExact);
    }

    [Fact]
    public void Forget_AnotherCacheAtThePlace_IsRefused()
    {
        using var model = Train();
        Move("cache", "elsewhere");
        Cache("cache");
        var e = Assert.Throws<LegoNetException>(() => model.Forget("subject-2"));
        Assert.StartsWith($"{_folder["cache"]}: is another cache of encodings than the one that was registered", e.Message, StringComparison.Ordinal);

        // Registering the other one does not make the first one good; dropping by the place drops the one that is lost.
        model.RegisterCache(_folder["cache"]);
        Assert.Throws<LegoNetException>(() => model.Forget("subject-2"));
        using var dropping = Open(_folder["cache"]);
        var receipt = dropping.Forget("subject-2");
        Assert.Equal([_folder["cache"]], receipt.DroppedCaches);
        Assert.Equal(4, receipt.CachesPurged);
        Assert.Equal([_folder["cache"]], dropping.RegisteredCaches);
    }

    [Fact]
    public void Forget_CacheDropped_IsInReceiptAndLedgerAndNotRegisteredAgain()
    {
        Train().Dispose();
        Move("cache", "elsewhere");
        using (var dropping = Open(_folder["cache"]))
        {
            var receipt = dropping.Forget("subject-2");
            Assert.Equal([_folder["cache"]], receipt.DroppedCaches);
            Assert.Empty(dropping.RegisteredCaches);
            var entry = new Ledger(new ModelPaths(dropping.Path), PhysicalFileLayer.Instance).Entries().Last().Entry;
            Assert.Equal((Operations.Forget, 0, _folder["cache"]), (entry.Operation, entry.Caches.Count, Assert.Single(entry.DroppedCaches).Path));
        }

        Move("elsewhere", "cache");
        using var model = Open();
        Assert.Equal(0, model.Forget("subject-3").CachesPurged);
        var e = Assert.Throws<LegoNetException>(() => model.RegisterCache(_folder["cache"]));
        Assert.Contains("was dropped from the model before, so it may hold what was forgotten", e.Message, StringComparison.Ordinal);
        Assert.True(model.Verify(cancellationToken: Stop).IsExact);
    }

    [Fact]
    public void RegisterCache_DroppedInAnEntryThatWasPruned_IsRefusedAllTheSame()
    {
        Train().Dispose();
        Move("cache", "elsewhere");
        Open(_folder["cache"]).Forget("subject-2");
        Move("elsewhere", "cache");
        using var model = Open();
        for (var times = 1; times <= 2; times++)
        {
            Assert.NotEqual(0, model.History.Prune(DateTimeOffset.UtcNow.AddDays(1)));
            var e = Assert.Throws<LegoNetException>(() => model.RegisterCache(_folder["cache"]));
            Assert.Contains("was dropped from the model before", e.Message, StringComparison.Ordinal);
        }

        Assert.True(model.Verify(cancellationToken: Stop).IsExact);
    }

    [Fact]
    public void Forget_NothingStoredAndCacheDropped_WritesAnEntryOfItsOwn()
    {
        Train().Dispose();
        Move("cache", "elsewhere");
        using var dropping = Open(_folder["cache"]);
        var receipt = dropping.Forget([new ForgetTarget("nobody")], ignoreUnknown: true, cancellationToken: Stop);
        Assert.Equal([_folder["cache"]], receipt.DroppedCaches);
        Assert.Empty(dropping.RegisteredCaches);
        Assert.True(dropping.Verify(cancellationToken: Stop).IsExact);
    }

    [Fact]
    public void DropCaches_ThatIsThereOrUnknown_IsRefused()
    {
        Train().Dispose();
        using (var dropping = Open(_folder["cache"]))
        {
            var e = Assert.Throws<LegoNetException>(() => dropping.Forget("subject-2"));
            Assert.Contains("is there and can be purged, so it is not dropped", e.Message, StringComparison.Ordinal);
        }

        using (var unknown = Open(_folder["unknown"]))
        {
            var e = Assert.Throws<LegoNetException>(() => unknown.Forget("subject-2"));
            var expected = $"{_folder["unknown"]}: is not registered with this model, so it cannot be dropped (registered are {_folder["cache"]}).";
            Assert.Equal(expected, e.Message);
        }
    }

    [Fact]
    public void Forget_CacheIsDamaged_IsRefusedAndGoesOnOnceItIsDropped()
    {
        Train().Dispose();
        var file = Directory.GetFiles(Path.Combine(_folder["cache"], "records"), "*", SearchOption.AllDirectories)[0];
        var bytes = File.ReadAllBytes(file);
        bytes[^1] ^= 1;
        File.WriteAllBytes(file, bytes);
        using (var model = Open())
        {
            var e = Assert.Throws<LegoNetException>(() => model.Forget("subject-2"));
            Assert.Equal(LegoNetError.Damaged, e.Error);
            Assert.Contains("a forget goes on once it is dropped", e.Message, StringComparison.Ordinal);
        }

        using var dropping = Open(_folder["cache"]);
        Assert.Equal([_folder["cache"]], dropping.Forget("subject-2").DroppedCaches);
        Assert.True(dropping.Verify(cancellationToken: Stop).IsExact);
    }

    [Fact]
    public void Forget_ModelWithoutItsRunSettings_StillKnowsTheCache()
    {
        Train().Dispose();
        File.Delete(_folder["model.run.json"]);
        using var model = Open();
        Assert.Equal([_folder["cache"]], model.RegisteredCaches);
        Assert.Equal(4, model.Forget("subject-2").CachesPurged);
        Move("cache", "elsewhere");
        Assert.Throws<LegoNetException>(() => model.Forget("subject-3"));
    }

    [Fact]
    public void CorrectAndSuppressedAdd_CacheIsMissing_AreRefusedAsSuch()
    {
        using var model = Train();
        model.Forget("subject-1");
        Move("cache", "elsewhere");
        var corrected = Encode([_records[8] with { Input = new TextInput("other") }]);
        Assert.Equal(LegoNetReason.CacheUnreachable, Assert.Throws<LegoNetException>(() => model.Correct(corrected, cancellationToken: Stop)).Reason);
        var again = Encode(_records[4..8]);
        var suppress = new AddOptions { Suppress = true };
        Assert.Equal(LegoNetReason.CacheUnreachable, Assert.Throws<LegoNetException>(() => model.Add(again, suppress, cancellationToken: Stop)).Reason);
        Assert.Equal(20, model.RecordCount);
    }

    private static SourceRecord Record(int i)
        => new($"subject-{i / 4}", $"id-{i % 4}", $"class-{i % Models.Classes}", new TextInput($"text {i}"), $"test:{i}");

    private IEnumerable<EncodedRecord> Encode(SourceRecord[] records, ICodeEncoder? encoder = null)
        => RecordEncoder.Encode(new ListSource(records), encoder ?? _encoder, 1, cancellationToken: Stop);

    private LegoNetModel Train()
    {
        Cache("cache");
        var options = new ModelOptions { Threads = 1, Caches = [_folder["cache"]] };
        return LegoNetModel.Train(_folder["model"], Models.Definition(), Encode(_records), options, cancellationToken: Stop);
    }

    private LegoNetModel Open(params string[] dropped) => LegoNetModel.Open(_folder["model"], new ModelOptions { Threads = 1, DropCaches = dropped });

    /// <summary>Makes a cache of all records.</summary>
    private string Cache(string name)
    {
        using var cache = EncodingCache.Open(_folder[name], _encoder);
        Assert.Equal(_records.Length, Encode(_records, cache.Encoder).Count());
        return cache.Path;
    }

    private static long Rows(string cache) => EncodingCacheManifest.Load(new ModelPaths(cache), PhysicalFileLayer.Instance).Records?.Count ?? 0;

    /// <summary>Moves a cache with its key, as somebody would who moves a disk.</summary>
    private void Move(string from, string to)
    {
        Directory.Move(_folder[from], _folder[to]);
        File.Copy(_folder[from + ".key"], _folder[to + ".key"], overwrite: true);
    }

    private sealed class ListSource(SourceRecord[] records) : IRecordSource
    {
        public string Name => "test";

        public long? Count => records.Length;

        public bool IdsArePositions => false;

        public IEnumerable<SourceRecord> Read(CancellationToken cancellationToken) => records;
    }

    /// <summary>A code from a text's characters.</summary>
    private sealed class WordEncoder : ICodeEncoder
    {
        public int Dimension => Models.Dimension;

        public EncoderFingerprint Fingerprint => Models.Fingerprint;

        public int BatchSize => 4;

        public void Encode(IReadOnlyList<SourceRecord> records, Span<sbyte> codes)
        {
            for (var i = 0; i < records.Count; i++)
            {
                var text = ((TextInput)records[i].Input).Text;
                for (var j = 0; j < Dimension; j++)
                {
                    codes[(i * Dimension) + j] = (sbyte)((text[j % text.Length] * (j + 3) % 255) - 127);
                }
            }
        }

        public void Dispose()
        {
        }
    }
}
