using LegoNet.Caching;
using LegoNet.Data;
using LegoNet.Encoders;
using LegoNet.Files;
using LegoNet.Specs;
using LegoNet.TestHost;
using LegoNet.Tests.Support;
using LegoNet.Verification;

namespace LegoNet.Tests.Crashes;

/// <summary>What a killed process cannot show: writes that never reached the device, and changes of folders in any order.</summary>
public sealed class PowerLossTests : IDisposable
{
    private const int States = 4;

    private readonly TempFolder _folder = new();

    public PowerLossTests()
    {
        Train(_folder["base"], new UnflushedFiles());
        foreach (var operation in (string[])["add", "correct", "forget"])
        {
            Tree.Copy(_folder["base"], _folder[operation]);
            using var model = LegoNetModel.Open(_folder[operation], Options(new UnflushedFiles()));
            CrashModel.Apply(model, operation);
        }
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("add", false)]
    [InlineData("correct", false)]
    [InlineData("forget", false)]
    [InlineData("forget", true)]
    public void Change_PowerFailsAtAnyOperation_IsBeforeOrAfter(string operation, bool shred)
    {
        var outcomes = new HashSet<string>();
        for (var at = 0; ; at++)
        {
            for (var state = 0; state < States; state++)
            {
                Tree.Copy(_folder["base"], _folder["model"]);
                var files = new PowerLossFiles(_folder["model"]) { FailAt = at };
                var model = LegoNetModel.Open(_folder["model"], Options(files, shred));
                var failure = Record.Exception(() => CrashModel.Apply(model, operation));
                Assert.Equal(failure is not null, files.Failed);
                files.Restore(new Random((100 * at) + state), _folder["model"]);
                var found = Find(operation);
                outcomes.Add(found);
                if (failure is null)
                {
                    Assert.Equal(operation, found); // Acknowledged, so there in whatever state the device is.
                    if (state == States - 1)
                    {
                        Assert.Equal(new[] { "base", operation }.Order(StringComparer.Ordinal), outcomes.Order(StringComparer.Ordinal));
                        return;
                    }
                }
            }
        }
    }

    [Fact]
    public void Recovery_PowerFailsInIt_CanBeRunAgain()
    {
        for (var at = 8; at < 40; at += 3)
        {
            for (var inRecovery = 0; inRecovery < 12; inRecovery += 2)
            {
                Tree.Copy(_folder["base"], _folder["model"]);
                var files = new PowerLossFiles(_folder["model"]) { FailAt = at };
                var model = LegoNetModel.Open(_folder["model"], Options(files));
                _ = Record.Exception(() => CrashModel.Apply(model, "forget"));
                files.Restore(new Random(at), _folder["model"]);
                var again = new PowerLossFiles(_folder["model"]) { FailAt = inRecovery };
                _ = Record.Exception(() => LegoNetModel.Open(_folder["model"], Options(again)).Dispose());
                again.Restore(new Random(inRecovery), _folder["model"]);
                Find("forget");
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Repair_PowerFailsInIt_CanBeRunAgainAndLosesNothingMore(bool ledgerIsDamaged)
    {
        Tree.Copy(_folder["forget"], _folder["damaged"]);

        // The ledger vouches for the model without its manifest, and the manifest for the model without its ledger.
        string[] damaged =
        [
            .. Directory.GetFiles(_folder["damaged/adapters"]),
            .. Directory.GetFiles(_folder["damaged/records"], "*.json"),
            _folder[ledgerIsDamaged ? "damaged/ledger/00000001.json" : "damaged/manifest.json"],
        ];
        foreach (var file in damaged)
        {
            File.WriteAllBytes(file, [.. File.ReadAllBytes(file)[1..]]);
        }

        for (var (at, state) = (0, 0); ; (at, state) = state < States - 1 ? (at, state + 1) : (at + 1, 0))
        {
            Tree.Copy(_folder["damaged"], _folder["model"]);
            foreach (var aside in Directory.GetDirectories(_folder.Path, "model.ledger-*"))
            {
                Directory.Delete(aside, recursive: true);
            }

            var files = new PowerLossFiles(_folder["model"]) { FailAt = at };
            var failure = Record.Exception(() => Repair(files));
            files.Restore(new Random((100 * at) + state), [_folder["model"], .. Directory.GetDirectories(_folder.Path, "model.ledger-*")]);
            var report = Repair(new UnflushedFiles());
            Assert.True(report.Verification is { IsExact: true }, $"{at}: {report.Outcome} {string.Join('\n', report.Lost)}");
            Tree.AssertSameModel(_folder["forget"], _folder["model"]);
            if (!ledgerIsDamaged)
            {
                Assert.Equal(2, Directory.GetFiles(_folder["model/ledger"]).Length);
            }
            else
            {
                // What was left of the history is still there, in the model or set aside.
                var folders = Directory.GetDirectories(_folder.Path, "model.ledger-*").Append(_folder["model/ledger"]);
                var kept = folders.SelectMany(d => Directory.GetFiles(d)).Select(File.ReadAllText).ToArray();
                Assert.Contains(File.ReadAllText(_folder["damaged/ledger/00000002.json"]), kept);
            }

            if (failure is null)
            {
                Assert.True(at > 10);
                return;
            }
        }

        RepairReport Repair(IFileLayer files)
            => LegoNetModel.Repair(_folder["model"], ledgerIsDamaged, Options(files), cancellationToken: TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Train_PowerFailsAtAnyOperation_LeavesAWholeModelOrNone()
    {
        for (var at = 0; ; at++)
        {
            foreach (var file in Directory.GetFileSystemEntries(_folder.Path, "new*"))
            {
                if (Directory.Exists(file))
                {
                    Directory.Delete(file, recursive: true);
                }
            }

            var files = new PowerLossFiles(_folder["new"], _folder["new.partial"]) { FailAt = at };
            var failure = Record.Exception(() => Train(_folder["new"], files));
            files.Restore(new Random(at), _folder["new"], _folder["new.partial"]);
            if (File.Exists(_folder["new/manifest.json"]))
            {
                Tree.AssertSameModel(_folder["base"], _folder["new"]);
                using var model = LegoNetModel.Open(_folder["new"], Options(new UnflushedFiles()));
                Assert.True(Verify(model));
            }
            else
            {
                Assert.NotNull(failure);
            }

            if (failure is null)
            {
                return;
            }
        }
    }

    [Fact]
    public void CacheOfEncodings_PowerFailsAtAnyOperation_IsBeforeOrAfterAndAForgetHoldsForIt()
    {
        using var encoder = new TextLengths();
        using (var cache = EncodingCache.Open(_folder["cache-base"], encoder))
        {
            Encode(cache, 0, 300);
        }

        File.Copy(_folder["cache-base.key"], _folder["cache.key"]);
        for (var at = 0; ; at++)
        {
            Tree.Copy(_folder["base"], _folder["model"]);
            Tree.Copy(_folder["cache-base"], _folder["cache"]);
            using (var model = LegoNetModel.Open(_folder["model"], Options(new UnflushedFiles())))
            {
                model.RegisterCache(_folder["cache"]); // In an entry of the ledger, which is on the device before the power fails.
            }

            var files = new PowerLossFiles(_folder["model"], _folder["cache"]) { FailAt = at };
            var changed = LegoNetModel.Open(_folder["model"], Options(files));
            var failure = Record.Exception(() => changed.Forget("subject-3"));
            files.Restore(new Random(at), _folder["model"], _folder["cache"]);
            using (var reopened = LegoNetModel.Open(_folder["model"], Options(new UnflushedFiles())))
            using (var cache = EncodingCache.Open(_folder["cache"], encoder))
            {
                // The purge comes before the change, so a change that is there never leaves a row behind.
                var there = Hits(cache, 3);
                Assert.Contains(there, (long[])[0, 3]);
                Assert.True(reopened.Inspect("subject-3").Records.Count == CrashModel.Ids || there == 0);
                Assert.True(failure is not null || reopened.Inspect("subject-3").Records.Count == 0);
                Assert.Equal(3, Hits(cache, 4));
                Assert.True(Verify(reopened));
            }

            if (failure is null)
            {
                Assert.True(at > 20);
                return;
            }
        }
    }

    [Fact]
    public void FullDisk_AtAnyWrite_LeavesTheModelUsable()
    {
        for (var at = 0; ; at++)
        {
            Tree.Copy(_folder["base"], _folder["model"]);
            var files = new FullDiskFiles { FullAfter = at };
            using var model = LegoNetModel.Open(_folder["model"], Options(files));
            var failure = Record.Exception(() => CrashModel.Apply(model, "correct"));
            if (failure is null)
            {
                Assert.True(at > 5);
                return;
            }

            var message = Assert.IsType<LegoNetException>(failure).Message;
            Assert.Matches(@"^[^\r\n]*model: .*No space left on device\); the model is as it was\.$", message);
            Assert.Equal(CrashModel.Ids, model.Inspect("subject-2").Records.Count);
            Tree.AssertSameModel(_folder["base"], _folder["model"]);

            // Somebody makes room.
            files.FullAfter = int.MaxValue;
            CrashModel.Apply(model, "correct");
            Tree.AssertSameModel(_folder["correct"], _folder["model"]);
        }
    }

    [Fact]
    public void ReadError_AtAnyRead_IsNamedAndChangesNothing()
    {
        var named = 0;
        for (var at = 0; ; at++)
        {
            Tree.Copy(_folder["base"], _folder["model"]);
            var files = new UnreadableFiles();
            using var model = LegoNetModel.Open(_folder["model"], Options(files));
            files.FailFrom = at;
            var failure = Record.Exception(() => CrashModel.Apply(model, "forget"));
            files.FailFrom = int.MaxValue;
            if (failure is null)
            {
                Assert.True(at > 4 && named > 2);
                return;
            }

            // Files of the model are named as damaged, and key files as unreadable. What failed within a commit fails it as any input or output does.
            Assert.True(
                failure is LegoNetException { Error: LegoNetError.Damaged } or LegoNetException { InnerException: IOException } or IOException,
                failure.ToString());
            named += failure is LegoNetException ? 1 : 0;
            var found = Find("forget");
            Assert.Equal("base", found);
        }
    }

    private string Find(string operation)
    {
        using var model = LegoNetModel.Open(_folder["model"], Options(new UnflushedFiles()));
        Assert.True(Verify(model));
        var state = Tree.Files(_folder["model"]).Keys.SequenceEqual(Tree.Files(_folder["base"]).Keys) ? "base" : operation;
        Tree.AssertSameModel(_folder[state], _folder["model"]);
        Assert.Equal(Directory.GetFiles(_folder[state] + "/ledger").Length, Directory.GetFiles(_folder["model/ledger"]).Length);
        return state;
    }

    private static bool Verify(LegoNetModel model)
    {
        var report = model.Verify();
        Assert.True(report.IsExact, string.Join('\n', report.Damage.Concat(report.Differences)));
        return true;
    }

    private static void Encode(EncodingCache cache, int first, int count)
    {
        var codes = new sbyte[2];
        for (var i = first; i < first + count; i++)
        {
            cache.Encoder.Encode([new SourceRecord($"subject-{i / 3}", $"id-{i % 3}", null, new TextInput("text"), "test")], codes);
        }
    }

    private static long Hits(EncodingCache cache, int subject)
    {
        var before = cache.Hits;
        Encode(cache, 3 * subject, 3);
        return cache.Hits - before;
    }

    private void Train(string path, IFileLayer files) => LegoNetModel.Train(path, CrashModel.Definition, CrashModel.InitialRecords, Options(files)).Dispose();

    private ModelOptions Options(IFileLayer files, bool shred = false) => new()
    {
        TagKeyPath = _folder["key"],
        SigningKeyPath = _folder["signing"],
        PublicKeyPath = _folder["public"],
        Threads = 1,
        Files = files,
        Shred = shred,
    };

    private sealed class TextLengths : ICodeEncoder
    {
        public int Dimension => 2;

        public EncoderFingerprint Fingerprint => Models.Fingerprint;

        public int BatchSize => 1;

        public void Encode(IReadOnlyList<SourceRecord> records, Span<sbyte> codes) => codes.Fill(1);

        public void Dispose()
        {
        }
    }
}
