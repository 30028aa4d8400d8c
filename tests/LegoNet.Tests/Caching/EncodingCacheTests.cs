using System.Runtime.InteropServices;
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

public class EncodingCacheTests
{
    private const int Dimension = Models.Dimension;

    [Fact]
    public void Encode_SecondPass_EncodesNothing()
    {
        using var folder = new TempFolder();
        var records = Records(10, 30);
        using var encoder = new CountingEncoder();
        sbyte[] first, second, third;
        using (var cache = EncodingCache.Open(folder["cache"], encoder))
        {
            first = Encode(cache.Encoder, records);
            second = Encode(cache.Encoder, records); // From what is pending.
            Assert.Equal((300, 300), (cache.Hits, cache.Misses));
        }

        using (var cache = EncodingCache.Open(folder["cache"], encoder))
        {
            third = Encode(cache.Encoder, records); // From the directory.
            Assert.Equal((300, 0), (cache.Hits, cache.Misses));
        }

        Assert.Equal(300, encoder.Encoded);
        Assert.Equal(Encode(new CountingEncoder(), records), first);
        Assert.Equal(first, second);
        Assert.Equal(first, third);
    }

    [Fact]
    public void Encode_SomeKnown_EncodesTheOthersInOneCall()
    {
        using var folder = new TempFolder();
        var records = Records(5, 8);
        using var encoder = new CountingEncoder();
        using var cache = EncodingCache.Open(folder["cache"], encoder);
        var alternate = records.Where((_, i) => i % 2 == 0).ToArray();
        cache.Encoder.Encode(alternate, new sbyte[alternate.Length * Dimension]);
        cache.Flush();
        var codes = new sbyte[records.Length * Dimension];
        cache.Encoder.Encode(records, codes);

        Assert.Equal((2, 40), (encoder.Calls, encoder.Encoded));
        Assert.Equal(Encode(new CountingEncoder(), records), codes);
        Assert.Equal(
            (cache.Encoder.Dimension, cache.Encoder.BatchSize, cache.Encoder.Fingerprint),
            (encoder.Dimension, encoder.BatchSize, encoder.Fingerprint));
    }

    [Fact]
    public void Train_WithAndWithoutCache_SameBytes()
    {
        using var folder = new TempFolder();
        var records = Records(12, 5);
        using var encoder = new CountingEncoder();
        Train(folder, "without", encoder, records).Dispose();
        using (var cache = EncodingCache.Open(folder["cache"], encoder))
        {
            Train(folder, "cold", cache.Encoder, records).Dispose();
        }

        var encoded = encoder.Encoded;
        using (var cache = EncodingCache.Open(folder["cache"], encoder))
        {
            Train(folder, "warm", cache.Encoder, [.. records.Reverse()]).Dispose();
        }

        Assert.Equal(encoded, encoder.Encoded);
        Tree.AssertSameModel(folder["without"], folder["cold"]);
        Tree.AssertSameModel(folder["without"], folder["warm"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Encode_ContentOfARecordChanged_MissesAndReplaces(bool flush)
    {
        using var folder = new TempFolder();
        using var encoder = new CountingEncoder();
        using var cache = EncodingCache.Open(folder["cache"], encoder);
        Encode(cache.Encoder, [Text(1, 1, "before")]);
        if (flush)
        {
            cache.Flush();
        }

        Assert.Equal(Encode(new CountingEncoder(), [Text(1, 1, "after")]), Encode(cache.Encoder, [Text(1, 1, "after")]));
        Assert.Equal(2, encoder.Encoded);
        Encode(cache.Encoder, [Text(1, 1, "after")]);
        Assert.Equal(2, encoder.Encoded);
        Encode(cache.Encoder, [Text(1, 1, "before")]);
        Assert.Equal(3, encoder.Encoded); // One row per record, so the former content is gone.
        Assert.Equal(1, EncodingCache.Purge(cache.Path, [new ForgetTarget("subject-1")]));
    }

    [Fact]
    public void ContentTag_OfInputsThatDifferAnywhere_Differs()
    {
        var key = TagKey.CreateRandom();
        byte[] bytes = [1, 2, 3, 4, 5, 6];
        RecordInput[] inputs =
        [
            new ImageFileInput(bytes),
            new ImageFileInput(bytes.AsMemory(0, 5)),
            new PixelInput(bytes, 2, 3, 1),
            new PixelInput(bytes, 3, 2, 1),
            new PixelInput(bytes, 1, 2, 3),
            new TextInput(""),
            new TextInput("\ud800"),
            new TextInput("\udbff"),
            new TextInput("\ufffd"),
            new TextInput("ab"),
            new TableRowInput(["a", "b"], ["c", "d"]),
            new TableRowInput(["a"], ["b", "c", "d"]),
            new TableRowInput(["ab"], ["c", "d"]),
            new TableRowInput(["a", "b"], ["cd", ""]),
            new TableRowInput(["a", "b"], ["", "cd"]),
            new TableRowInput(["b", "a"], ["c", "d"]),
            new VectorInput(new float[] { 0f }),
            new VectorInput(new float[] { -0f }),
            new VectorInput(new float[] { 0f, 0f }),
            new VectorInput(MemoryMarshal.Cast<byte, float>([.. bytes, 7, 8]).ToArray()),
            new ImageFileInput(new byte[] { 1, 2, 3, 4, 5, 6, 7, 8 }),
        ];
        var tags = inputs.Select(Tag).ToArray();
        Assert.Equal(tags.Length, tags.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(tags[9], Tag(new TextInput(string.Concat("a", "b"))));
        Assert.NotEqual(tags[9], Of(TagKey.CreateRandom(), inputs[9]));
        Assert.False(ContentTag.TryWrite(key, new OtherInput(), new int[ContentTag.Words]));

        string Tag(RecordInput input) => Of(key, input);
        static string Of(TagKey key, RecordInput input)
        {
            var words = new int[ContentTag.Words];
            Assert.True(ContentTag.TryWrite(key, input, words));
            return string.Join(' ', words);
        }
    }

    [Fact]
    public void Encode_KindOfInputUnknown_IsNotKept()
    {
        using var folder = new TempFolder();
        using var encoder = new CountingEncoder();
        using var cache = EncodingCache.Open(folder["cache"], encoder);
        var record = new SourceRecord("s", "i", null, new OtherInput(), "test");
        Encode(cache.Encoder, [record]);
        Encode(cache.Encoder, [record]);
        Assert.Equal((0, 2), (cache.Hits, cache.Misses));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Purge_SubjectsAndRecords_LeavesTheCacheThatNeverSawThem(bool open)
    {
        using var folder = new TempFolder();
        var records = Records(300, 5); // More than a segment holds.
        ForgetTarget[] targets = [new("subject-3"), new("subject-17"), new("subject-5", "id-2"), new("subject-5", "id-2"), new("nobody")];
        var gone = records.Where(r => r.Subject is "subject-3" or "subject-17" || r is { Subject: "subject-5", Id: "id-2" }).ToArray();
        EncodingCache.Open(folder["cache"], new CountingEncoder()).Dispose(); // One cache, with its id and key, goes two ways.
        Tree.Copy(folder["cache"], folder["never"]);
        File.Copy(folder["cache.key"], folder["never.key"]);
        using (var never = EncodingCache.Open(folder["never"], new CountingEncoder()))
        {
            Encode(never.Encoder, [.. records.Except(gone)]);
        }

        var cache = EncodingCache.Open(folder["cache"], new CountingEncoder());
        Encode(cache.Encoder, records[..1000]);
        cache.Flush();
        Encode(cache.Encoder, records[1000..]);
        if (!open)
        {
            cache.Dispose();
            Assert.All(gone, r => Assert.True(Holds(folder["cache"], Code(r)))); // So the scan below can find what it looks for.
        }

        Assert.Equal(11, EncodingCache.Purge(folder["cache"], targets));
        Assert.Equal(0, EncodingCache.Purge(folder["cache"], targets));
        Assert.All(gone, r => Assert.False(Holds(folder["cache"], Code(r))));
        cache.Dispose();
        Tree.AssertSameModel(folder["never"], folder["cache"]);
        Assert.All(gone, r => Assert.False(Holds(folder["cache"], Code(r))));

        EncodingCache.Purge(folder["cache"], [.. Enumerable.Range(0, 300).Select(i => new ForgetTarget($"subject-{i}"))]);
        Assert.Equal(["manifest.json"], Tree.Files(folder["cache"]).Keys);
    }

    [Fact]
    public void Purge_NoSuchDirectory_IsRefusedAndCreatesNothing()
    {
        using var folder = new TempFolder();
        var e = Assert.Throws<LegoNetException>(() => EncodingCache.Purge(folder["absent"], [new ForgetTarget("a")]));
        Assert.Equal($"{folder["absent"]}: no such encoding cache.", e.Message);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));

        // As an unmounted disk leaves its mount point.
        Directory.CreateDirectory(folder["empty"]);
        e = Assert.Throws<LegoNetException>(() => EncodingCache.Purge(folder["empty"], [new ForgetTarget("a")]));
        Assert.Equal($"{folder["empty"]}: no such encoding cache.", e.Message);
        Assert.Equal([folder["empty"]], Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Open_TwoCaches_HaveNamesOfTheirOwn()
    {
        using var folder = new TempFolder();
        using var encoder = new CountingEncoder();
        Assert.NotEqual(Id("first"), Id("second"));

        string Id(string name)
        {
            EncodingCache.Open(folder[name], encoder).Dispose();
            return EncodingCacheManifest.Load(new ModelPaths(folder[name]), PhysicalFileLayer.Instance).Id;
        }
    }

    [Fact]
    public void Encode_PurgedWhileEncoding_KeepsNothingOfTheBatch()
    {
        using var folder = new TempFolder();
        using var encoder = new CountingEncoder();
        using var cache = EncodingCache.Open(folder["cache"], encoder);
        encoder.Encoding = () => EncodingCache.Purge(folder["cache"], [new ForgetTarget("subject-1")]);
        var code = Encode(cache.Encoder, [Text(1, 1, "text")]);
        encoder.Encoding = null;
        cache.Flush();
        Assert.Equal(Code(Text(1, 1, "text")), MemoryMarshal.AsBytes<sbyte>(code).ToArray());
        Assert.Equal(["manifest.json"], Tree.Files(folder["cache"]).Keys);
    }

    [Fact]
    public void Forget_RegisteredCaches_ArePurgedInTheReceipt()
    {
        using var folder = new TempFolder();
        var records = Records(8, 4);
        using var encoder = new CountingEncoder();
        using var model = TrainCached(folder, encoder, records);
        using (var second = EncodingCache.Open(folder["second"], encoder))
        {
            Encode(second.Encoder, records);
        }

        model.RegisterCache(folder["second"]);
        model.RegisterCache(Path.Combine(folder["second"], "..", "second"));
        Assert.Equal([folder["cache"], folder["second"]], model.RegisteredCaches);

        var receipt = model.Forget(
            [new ForgetTarget("subject-2"), new ForgetTarget("subject-3", "id-1")],
            cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal((5, 10), (receipt.Records, receipt.CachesPurged));
        Assert.Contains("\"cachesPurged\": 10", receipt.ToJson(), StringComparison.Ordinal);
        Assert.All(records.Where(r => r.Subject == "subject-2"), r => Assert.False(Holds(folder.Path, Code(r))));
        using (var second = EncodingCache.Open(folder["second"], encoder))
        {
            Encode(second.Encoder, records);
            Assert.Equal((27, 5), (second.Hits, second.Misses));
        }

        // The model has nothing of the subject any more, but the cache does again.
        var again = model.Forget([new ForgetTarget("subject-2")], ignoreUnknown: true, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(4, again.CachesPurged);
    }

    [Fact]
    public void Forget_CacheCannotBePurged_ModelIsUnchanged()
    {
        using var folder = new TempFolder();
        var records = Records(8, 4);
        using var encoder = new CountingEncoder();
        using var model = TrainCached(folder, encoder, records);
        var (root, files) = (model.RootDigest, Tree.Files(model.Path));
        var segment = Directory.EnumerateFiles(Path.Combine(folder["cache"], "records"), "*.safetensors").First();
        var bytes = File.ReadAllBytes(segment);
        bytes[^1] ^= 1;
        File.WriteAllBytes(segment, bytes);

        ForgetTarget[] all = [.. Enumerable.Range(0, 8).Select(i => new ForgetTarget($"subject-{i}"))];
        var e = Assert.Throws<LegoNetException>(() => model.Forget(all, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(LegoNetError.Damaged, e.Error);
        Assert.Contains(folder["cache"], e.Message, StringComparison.Ordinal);
        AssertUnchanged();

        File.Delete(folder["cache.key"]);
        Assert.Throws<LegoNetException>(() => model.Forget(all, cancellationToken: TestContext.Current.CancellationToken));
        AssertUnchanged();

        File.WriteAllText(folder["model.run.json"], "{");
        Assert.Throws<LegoNetException>(() => model.Forget(all, cancellationToken: TestContext.Current.CancellationToken));
        AssertUnchanged();

        void AssertUnchanged()
        {
            Assert.Equal(root, model.RootDigest);
            Assert.Equal(32, model.RecordCount);
            var now = Tree.Files(model.Path);
            Assert.Equal(files.Keys, now.Keys);
            Assert.All(files, f => Assert.Equal(f.Value, now[f.Key]));
            Assert.True(model.Verify().IsExact);
        }
    }

    [Fact]
    public void Correct_ThroughAnOpenCache_DropsTheFormerEncoding()
    {
        using var folder = new TempFolder();
        var records = Records(4, 3);
        using var encoder = new CountingEncoder();
        using var model = TrainCached(folder, encoder, records);
        var before = Code(records[4]);
        Assert.True(Holds(folder["cache"], before));
        var corrected = records[4] with { Input = new TextInput("corrected") };
        using (var cache = EncodingCache.Open(folder["cache"], encoder))
        {
            var stop = TestContext.Current.CancellationToken;
            SourceRecord[] put = [records[3], corrected, records[5]];
            var receipt = model.Correct(RecordEncoder.Encode(new ListSource(put), cache.Encoder, 2, cancellationToken: stop), cancellationToken: stop);
            Assert.Equal((1, 1), (receipt.Records, receipt.CachesPurged));
            Assert.Equal((2, 1), (cache.Hits, cache.Misses));
        }

        Assert.False(Holds(folder.Path, before));
        Assert.True(model.Verify(cancellationToken: TestContext.Current.CancellationToken).IsExact);
    }

    [Fact]
    public void Add_OfForgottenRecordsSuppressed_LeavesNothingOfThemInTheCache()
    {
        using var folder = new TempFolder();
        var records = Records(4, 3);
        using var encoder = new CountingEncoder();
        using var model = TrainCached(folder, encoder, records);
        model.Forget("subject-1");
        using (var cache = EncodingCache.Open(folder["cache"], encoder))
        {
            var again = RecordEncoder.Encode(new ListSource(records), cache.Encoder, 2, cancellationToken: TestContext.Current.CancellationToken);
            Assert.Throws<LegoNetException>(() => model.Add(
                again,
                new AddOptions { Suppress = true },
                cancellationToken: TestContext.Current.CancellationToken));
        }

        Assert.All(records, r => Assert.Equal(r.Subject != "subject-1", Holds(folder["cache"], Code(r))));
    }

    [Fact]
    public void Rebuild_OfAModelWithCaches_RegistersThem()
    {
        using var folder = new TempFolder();
        using var encoder = new CountingEncoder();
        using var model = TrainCached(folder, encoder, Records(4, 3));
        using var rebuilt = model.Rebuild(folder["rebuilt"], Models.Definition(adapters: 5), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(model.RegisteredCaches, rebuilt.RegisteredCaches);
        Assert.Equal(3, rebuilt.Forget("subject-1").CachesPurged);
    }

    [Fact]
    public void Train_Caches_AreRegisteredBeforeTheFirstRecordIsRead()
    {
        using var folder = new TempFolder();
        using var encoder = new CountingEncoder();
        EncodingCache.Open(folder["cache"], encoder).Dispose();
        IEnumerable<EncodedRecord> Crash()
        {
            Assert.Contains(folder["cache"], File.ReadAllText(folder["model.run.json"]), StringComparison.Ordinal);
            throw new OperationCanceledException();
#pragma warning disable CS0162 // Makes it an iterator.
            yield break;
#pragma warning restore CS0162
        }

        var options = new ModelOptions { Caches = [folder["cache"]] };
        Assert.Throws<OperationCanceledException>(() => LegoNetModel.Train(
            folder["model"],
            Models.Definition(),
            Crash(),
            options,
            cancellationToken: TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Train_CachesNameWhatIsNoCache_IsRefused()
    {
        using var folder = new TempFolder();
        var options = new ModelOptions { Caches = [folder["absent"]] };
        var records = new[] { Models.Record(Models.Definition().Spec, 0, 0) };
        Assert.Throws<LegoNetException>(() => LegoNetModel.Train(
            folder["model"],
            Models.Definition(),
            records,
            options,
            cancellationToken: TestContext.Current.CancellationToken));
        Assert.False(Directory.Exists(folder["model"]));
    }

    [Fact]
    public void VerifyData_ThroughACache_EncodesEveryRecord()
    {
        using var folder = new TempFolder();
        var records = Records(6, 4);
        using var encoder = new CountingEncoder();
        using var cache = EncodingCache.Open(folder["cache"], encoder);
        using var model = Train(folder, "model", cache.Encoder, records);
        Assert.Equal(24, encoder.Encoded);

        var read = RecordEncoder.Encode(new ListSource(records), cache.Encoder, 2, cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(model.VerifyData(read, cancellationToken: TestContext.Current.CancellationToken).IsExact);
        Assert.Equal((48, 0), (encoder.Encoded, cache.Hits));

        _ = Encode(cache.Encoder, records); // Nobody else passes the cache by.
        Assert.Equal((48, 24), (encoder.Encoded, cache.Hits));
    }

    [Fact]
    public void RegisterCache_OfWhatIsNoCache_IsRefused()
    {
        using var folder = new TempFolder();
        using var encoder = new CountingEncoder();
        using var model = TrainCached(folder, encoder, Records(4, 3));
        Assert.Equal(LegoNetError.BadInput, Assert.Throws<LegoNetException>(() => model.RegisterCache(folder["absent"])).Error);
        Assert.Equal(LegoNetError.BadInput, Assert.Throws<LegoNetException>(() => model.RegisterCache(folder["model"])).Error);
        Assert.Equal([folder["cache"]], model.RegisteredCaches);
    }

    [Fact]
    public void Encode_ManyThreads_KeepsEveryCodeOnce()
    {
        using var folder = new TempFolder();
        var records = Records(100, 20);
        TagKey.LoadOrCreate(folder["one.key"]);
        File.Copy(folder["one.key"], folder["many.key"]);
        using (var one = EncodingCache.Open(folder["one"], new CountingEncoder()))
        {
            Encode(one.Encoder, records);
        }

        using (var many = EncodingCache.Open(folder["many"], new CountingEncoder()))
        {
            var expected = Encode(new CountingEncoder(), records);
            Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, thread =>
            {
                // Every record is asked for twice, by different threads.
                var start = thread / 2 * 500;
                Assert.Equal(expected.AsSpan(start * Dimension, 500 * Dimension).ToArray(), Encode(many.Encoder, records[start..(start + 500)]));
                many.Flush();
            });
            Assert.Equal(4000, many.Hits + many.Misses);
        }

        WithoutId(folder["one"]);
        WithoutId(folder["many"]);
        Tree.AssertSameModel(folder["one"], folder["many"]);
    }

    [Theory]
    [InlineData((int)FaultyFiles.Fault.Before, true)]
    [InlineData((int)FaultyFiles.Fault.Half, true)]
    [InlineData((int)FaultyFiles.Fault.After, true)]
    [InlineData((int)FaultyFiles.Fault.Before, false)]
    [InlineData((int)FaultyFiles.Fault.After, false)]
    public void Flush_FailsAtAnyOperation_IsBeforeOrAfterAndGoesOn(int kind, bool dies)
    {
        using var folder = new TempFolder();
        var records = Records(10, 3);
        TagKey.LoadOrCreate(folder["expected.key"]);
        using (var expected = EncodingCache.Open(folder["expected"], new CountingEncoder(), new EncodingCacheOptions { Files = new FaultyFiles() }))
        {
            Encode(expected.Encoder, records);
        }

        WithoutId(folder["expected"]);
        for (var n = 0; ; n++)
        {
            var path = folder[$"cache-{n}"];
            File.Copy(folder["expected.key"], path + ".key");
            var files = new FaultyFiles { FailAt = n, Kind = (FaultyFiles.Fault)kind, Dies = dies };
            using var encoder = new CountingEncoder();
            EncodingCache? cache = null;
            var failure = Record.Exception(() =>
            {
                cache = EncodingCache.Open(path, encoder, new EncodingCacheOptions { Files = files });
                Encode(cache.Encoder, records[..20]);
                cache.Flush();
                Encode(cache.Encoder, records[15..]);
                EncodingCache.Purge(path, [new ForgetTarget("subject-3")]);
                cache.Flush();
            });
            Assert.Equal(files.Failed, failure is not null);
            if (!dies && cache is not null)
            {
                files.FailAt = int.MaxValue;
                Encode(cache.Encoder, records); // The process lives on, and so does the cache.
                cache.Flush();
            }

            cache?.Dispose();
            using (var again = EncodingCache.Open(path, encoder, new EncodingCacheOptions { Files = new FaultyFiles() }))
            {
                Assert.Equal(Encode(new CountingEncoder(), records), Encode(again.Encoder, records));
            }

            WithoutId(path);
            Tree.AssertSameModel(folder["expected"], path);
            Directory.Delete(path, recursive: true);
            if (failure is null)
            {
                Assert.True(n > 20);
                break;
            }
        }
    }

    // Two caches of the same rows differ in the ids that were drawn for them, and in nothing else.
    private static void WithoutId(string cache)
    {
        var manifest = Path.Combine(cache, "manifest.json");
        var id = EncodingCacheManifest.Load(new ModelPaths(cache), PhysicalFileLayer.Instance).Id;
        Assert.Equal(32, id.Length);
        File.WriteAllText(manifest, File.ReadAllText(manifest).Replace(id, "", StringComparison.Ordinal));
    }

    [Fact]
    public void Open_AnotherEncoder_IsRefusedByName()
    {
        using var folder = new TempFolder();
        EncodingCache.Open(folder["cache"], new CountingEncoder()).Dispose();
        using var other = new CountingEncoder(Models.Fingerprint with { Encoder = new string('f', 64), Provider = "cuda" });
        var e = Assert.Throws<LegoNetException>(() => EncodingCache.Open(folder["cache"], other));
        Assert.Equal(LegoNetError.BadInput, e.Error);
        Assert.Contains("eeeeeeeeeeeeeeee…", e.Message, StringComparison.Ordinal);
        Assert.Contains("ffffffffffffffff…", e.Message, StringComparison.Ordinal);
        Assert.Contains("another directory", e.Message, StringComparison.Ordinal);
        EncodingCache.Open(folder["cache"], new CountingEncoder()).Dispose(); // And the lock is free again.
    }

    [Theory]
    [InlineData("x64 avx2", "x64 avx512")]
    [InlineData(null, "x64 avx512")]
    public void Open_AnotherKindOfProcessor_IsRefusedSinceCodesAreGivenOutAsThisOnes(string? kept, string now)
    {
        using var folder = new TempFolder();
        EncodingCache.Open(folder["cache"], new CountingEncoder(Models.Fingerprint with { Processor = kept })).Dispose();
        using var other = new CountingEncoder(Models.Fingerprint with { Processor = now });
        var e = Assert.Throws<LegoNetException>(() => EncodingCache.Open(folder["cache"], other));
        Assert.Equal(LegoNetError.BadInput, e.Error);
        Assert.Contains($"batch 1{(kept is null ? "" : $", {kept}")}), and this run's", e.Message, StringComparison.Ordinal);
        Assert.Contains($"batch 1, {now}); use another directory", e.Message, StringComparison.Ordinal);
        EncodingCache.Open(folder["cache"], new CountingEncoder(Models.Fingerprint with { Processor = kept })).Dispose();
    }

    [Fact]
    public void Open_NotACacheOrDamagedOrOpen_IsRefused()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder["other"]);
        File.WriteAllText(Path.Combine(folder["other"], "notes.txt"), "mine");
        Assert.Equal(LegoNetError.Damaged, Fails("other"));
        Assert.Equal(["notes.txt"], Tree.Files(folder["other"]).Keys);

        var cache = EncodingCache.Open(folder["cache"], new CountingEncoder());
        Assert.Equal(LegoNetError.BadInput, Fails("cache"));
        cache.Dispose();
        Assert.Throws<ObjectDisposedException>(() => Encode(cache.Encoder, [Text(1, 1, "text")]));

        File.Move(folder["cache.key"], folder["kept.key"]);
        Assert.Equal(LegoNetError.BadInput, Fails("cache"));
        TagKey.LoadOrCreate(folder["cache.key"]);
        Assert.Equal(LegoNetError.BadInput, Fails("cache"));
        File.Move(folder["kept.key"], folder["cache.key"], overwrite: true);
        File.WriteAllText(Path.Combine(folder["cache"], "manifest.json"), "{\"kind\":\"encoding-cache\"");
        Assert.Equal(LegoNetError.Damaged, Fails("cache"));

        LegoNetError Fails(string name) => Assert.Throws<LegoNetException>(() => EncodingCache.Open(folder[name], new CountingEncoder())).Error;
    }

    private static LegoNetModel TrainCached(TempFolder folder, CountingEncoder encoder, SourceRecord[] records)
    {
        using var cache = EncodingCache.Open(folder["cache"], encoder);
        var model = Train(folder, "model", cache.Encoder, records);
        cache.Flush();
        model.RegisterCache(cache.Path);
        return model;
    }

    private static LegoNetModel Train(TempFolder folder, string name, ICodeEncoder encoder, SourceRecord[] records)
        => LegoNetModel.Train(
            folder[name],
            Models.Definition(),
            RecordEncoder.Encode(new ListSource(records), encoder, 2),
            new ModelOptions { TagKeyPath = folder["model.key"], Threads = 2 });

    private static sbyte[] Encode(ICodeEncoder encoder, SourceRecord[] records)
        => [.. RecordEncoder.Encode(new ListSource(records), encoder, 2).SelectMany(r => r.Code)];

    private static byte[] Code(SourceRecord record) => MemoryMarshal.AsBytes<sbyte>(Encode(new CountingEncoder(), [record])).ToArray();

    private static bool Holds(string folder, byte[] bytes)
        => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Any(f => ReadShared(f).AsSpan().IndexOf(bytes) >= 0);

    // A lock that is held lets nobody read its file, and has no content.
    private static byte[] ReadShared(string path) => path.EndsWith(".lock", StringComparison.Ordinal) ? [] : File.ReadAllBytes(path);

    private static SourceRecord[] Records(int subjects, int ids)
        => [.. Enumerable.Range(0, subjects * ids).Select(i => Text(i / ids, i % ids, $"text {i}"))];

    private static SourceRecord Text(int subject, int id, string text)
        => new($"subject-{subject}", $"id-{id}", $"class-{(subject + id) % Models.Classes}", new TextInput(text), $"test:{subject}/{id}");

    private sealed record OtherInput : RecordInput;

    private sealed class ListSource(SourceRecord[] records) : IRecordSource
    {
        public string Name => "list";

        public long? Count => records.Length;

        public bool IdsArePositions => false;

        public IEnumerable<SourceRecord> Read(CancellationToken cancellationToken) => records;
    }

    /// <summary>Encodes a text to codes that look random, and counts.</summary>
    private sealed class CountingEncoder(EncoderFingerprint? fingerprint = null) : ICodeEncoder
    {
        private int _encoded;
        private int _calls;

        public int Encoded => _encoded;

        public int Calls => _calls;

        public Action? Encoding { get; set; }

        public int Dimension => EncodingCacheTests.Dimension;

        public EncoderFingerprint Fingerprint { get; } = fingerprint ?? Models.Fingerprint;

        public int BatchSize => 7;

        public void Encode(IReadOnlyList<SourceRecord> records, Span<sbyte> codes)
        {
            Interlocked.Add(ref _encoded, records.Count);
            Interlocked.Increment(ref _calls);
            Encoding?.Invoke();
            for (var i = 0; i < records.Count; i++)
            {
                var text = (records[i].Input as TextInput)?.Text ?? "other";
                var hash = System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text));
                for (var j = 0; j < Dimension; j++)
                {
                    codes[(i * Dimension) + j] = (sbyte)((hash[j] % 255) - 127);
                }
            }
        }

        public void Dispose()
        {
        }
    }
}
