using System.Runtime.CompilerServices;
using LegoNet.Encoders;
using LegoNet.Files;
using LegoNet.Records;
using LegoNet.Specs;
using LegoNet.Store;
using LegoNet.Tests.Support;

namespace LegoNet.Tests;

public sealed class ReadRecordsTests : IDisposable
{
    private const int Count = 120;

    private static readonly ModelDefinition s_definition = Models.Definition();

    private readonly TempFolder _folder = new();

    // A fixed key, so that which records lie together is the same in every run.
    public ReadRecordsTests() => TagKey.FromBytes([.. Enumerable.Range(1, 32).Select(i => (byte)i)]).Save(_folder["key"]);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(LearningTask.Multiclass)]
    [InlineData(LearningTask.Binary)]
    [InlineData(LearningTask.Regression)]
    [InlineData(LearningTask.Multilabel)]
    public void ReadRecords_AfterTraining_GivesEveryRecordOnceInKeyOrder(LearningTask task)
    {
        var definition = Models.Definition(task);
        var labels = definition.Spec.Labels;
        using var model = Train(definition);
        var key = TagKey.Load(_folder["key"]);
        var expected = Records(definition.Spec)
            .OrderBy(r => Hex(key.SubjectTag(r.Subject)), StringComparer.Ordinal)
            .ThenBy(r => Hex(key.RecordTag(r.Subject, r.Id)), StringComparer.Ordinal)
            .ToArray();

        var read = model.ReadRecords().ToArray();

        Assert.Equal(expected.Length, read.Length);
        var words = new int[labels.Width];
        foreach (var (record, stored) in expected.Zip(read))
        {
            Assert.Equal(Hex(key.SubjectTag(record.Subject)), stored.SubjectTag);
            Assert.Equal(Hex(key.RecordTag(record.Subject, record.Id)), stored.RecordTag);
            Assert.Equal(record.Code, stored.Code.ToArray());
            Assert.Equal(record.Label, stored.Label);
            Assert.Equal(record.Fingerprint, stored.Fingerprint);
            labels.Parse(record.Label, "test", words);
            Assert.Equal(words, stored.LabelWords.ToArray());
            var inspected = Assert.Single(model.Inspect(record.Subject).Records, r => r.Tag == stored.RecordTag);
            Assert.Equal(inspected.Adapters, stored.Route.ToArray().Select(a => (int)a));
            if (task is LearningTask.Multiclass or LearningTask.Binary)
            {
                Assert.Equal(labels.Classes.ToList().IndexOf(record.Label!), stored.ClassNumber);
            }
            else
            {
                Assert.Throws<InvalidOperationException>(() => stored.ClassNumber);
            }
        }
    }

    [Fact]
    public void ReadRecords_OfAnEmptyModel_IsEmpty()
    {
        using var model = Train();
        ForgetAll(model);
        Assert.Empty(model.ReadRecords());
    }

    [Fact]
    public void ReadRecords_WithoutTheTagKey_Works()
    {
        using var model = Train();
        File.Delete(_folder["key"]);
        using var opened = LegoNetModel.Open(model.Path, Options());
        Assert.Equal(Count, opened.ReadRecords().Count());
    }

    [Fact]
    public void ReadRecords_OfADisposedModel_IsRefused()
    {
        var model = Train();
        using var reading = model.ReadRecords().GetEnumerator();
        Assert.True(reading.MoveNext());
        model.Dispose();
        Assert.Throws<ObjectDisposedException>(() => model.ReadRecords().Count());

        // What was begun needs nothing of the model.
        Assert.Equal(Count - 1, Rest(reading));
    }

    [Fact]
    public void ReadRecords_StartedAfterAChange_ReadsTheStateAfter()
    {
        using var model = Train();
        using var writer = LegoNetModel.Open(model.Path, Options());
        var records = model.ReadRecords();
        Assert.Equal(Count, records.Count());
        writer.Forget("subject-3");
        Assert.Equal(Count - 3, records.Count());
        Assert.Equal(writer.RootDigest, model.RootDigest);
    }

    [Fact]
    public void ReadRecords_OfAnExpectedState_ReadsNoOther()
    {
        using var model = Train();
        var root = model.RootDigest;
        var records = model.ReadRecords(root);
        Assert.Equal(Count, records.Count());
        model.Forget("subject-3");
        Assert.Equal(root, Assert.Throws<RecordsChangedException>(() => records.Count()).RootDigest);
    }

    [Fact]
    public void ReadRecords_UnreadRecordForgottenMeanwhile_FailsAndNeverMixes()
    {
        using var model = Train();
        var before = Tags(model);
        var root = model.RootDigest;
        using var reading = model.ReadRecords().GetEnumerator();
        var read = new List<string>();
        Assert.True(reading.MoveNext());
        read.Add(reading.Current.RecordTag);
        model.Forget(SubjectOf(before[^1]));

        var e = Assert.Throws<RecordsChangedException>(() =>
        {
            while (reading.MoveNext())
            {
                read.Add(reading.Current.RecordTag);
            }
        });
        Assert.Equal(root, e.RootDigest);
        Assert.Equal(before[..read.Count], read);
        Assert.False(reading.MoveNext());
    }

    [Fact]
    public void ReadRecords_OtherRecordForgottenMeanwhile_GoesOnWithItsState()
    {
        using var model = Train();
        var before = Tags(model);
        using var reading = model.ReadRecords().GetEnumerator();
        var read = new List<string>();
        while (read.Count < Count / 2)
        {
            Assert.True(reading.MoveNext());
            read.Add(reading.Current.RecordTag);
        }

        model.Forget(SubjectOf(before[0]));
        while (reading.MoveNext())
        {
            read.Add(reading.Current.RecordTag);
        }

        Assert.Equal(before, read);
        Assert.Equal(Count - 3, Tags(model).Length);
    }

    [Fact]
    public void ReadRecords_ModelWentOnAndCameBack_GoesOn()
    {
        using var model = Train();
        var before = Tags(model);
        var subject = SubjectOf(before[^1]);
        using var reading = model.ReadRecords().GetEnumerator();
        Assert.True(reading.MoveNext());
        model.Forget(subject);
        Add(model, Records(s_definition.Spec).Where(r => r.Subject == subject));
        Assert.Equal(Count - 1, Rest(reading));
    }

    [Fact]
    public void StoredRecord_ForgottenAfterItWasRead_StaysWhatItWas()
    {
        using var model = Train();
        var record = model.ReadRecords().Last();
        var (code, tag) = (record.Code.ToArray(), record.RecordTag);
        ForgetAll(model);
        Assert.Equal(code, record.Code.ToArray());
        Assert.Equal(tag, record.RecordTag);
    }

    [Fact]
    public async Task ReadRecords_WhileAnotherInstanceForgetsAndAdds_GivesOneStateOrFails()
    {
        using var writer = Train();
        using var reader = LegoNetModel.Open(writer.Path, Options());
        var with = Tags(writer);
        writer.Forget("subject-3");
        var without = Tags(writer);
        using var done = new CancellationTokenSource();
        int whole = 0, failed = 0;
        var reading = Task.Run(
            () =>
            {
                while (!done.IsCancellationRequested || whole == 0)
                {
                    try
                    {
                        var read = Tags(reader);
                        Assert.True(read.SequenceEqual(with) || read.SequenceEqual(without), $"{read.Length} records of no state");
                        whole++;
                    }
                    catch (RecordsChangedException)
                    {
                        failed++;
                    }
                }
            },
            TestContext.Current.CancellationToken);
        for (var round = 0; round < 25; round++)
        {
            Add(writer, Enumerable.Range(0, 3).Select(i => Models.Record(s_definition.Spec, 3, i)));
            writer.Forget("subject-3");
        }

        done.Cancel();
        await reading;
        TestContext.Current.TestOutputHelper!.WriteLine($"{whole} read whole, {failed} failed");
    }

    [Fact]
    public void ReadRecords_InParallel_ReadsEveryCode()
    {
        using var model = Train();
        long sum = 0;
        Parallel.ForEach(model.ReadRecords(), record => Interlocked.Add(ref sum, Sum(record.Code)));
        Assert.Equal(Records(s_definition.Spec).Sum(r => Sum(r.Code)), sum);

        static long Sum(ReadOnlySpan<sbyte> code)
        {
            long sum = 0;
            foreach (var value in code)
            {
                sum += value;
            }

            return sum;
        }
    }

    [Fact]
    public void ReadRecords_FileAltered_NamesIt()
    {
        using var model = Train();
        var file = Directory.GetFiles(Path.Combine(model.Path, "records"), "*.safetensors")[0];
        var bytes = File.ReadAllBytes(file);
        bytes[^1] ^= 1;
        File.WriteAllBytes(file, bytes);
        AssertNamed();
        File.Delete(file);
        AssertNamed();

        void AssertNamed()
        {
            var e = Assert.Throws<LegoNetException>(() => model.ReadRecords().Count());
            Assert.Equal(LegoNetError.Damaged, e.Error);
            Assert.Contains(Path.GetFileName(file), e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void ReadRecords_ModelRemovedMeanwhile_Fails()
    {
        using var model = Train();
        using var reading = model.ReadRecords().GetEnumerator();
        Assert.True(reading.MoveNext());
        Directory.Delete(model.Path, recursive: true);
        Assert.Throws<RecordsChangedException>(() => Rest(reading));
    }

    [Fact]
    public void ReadRecords_AtAnyMoment_MapsNoFile()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux tells what is mapped.");
        using (var other = Train())
        {
            Assert.NotEmpty(other.Inspect("subject-3").Records);
            Assert.True(Mapped() > 0, "A look-up maps segments, so this test would notice a mapping.");
        }

        using var model = LegoNetModel.Open(_folder["model"], Options());
        foreach (var record in model.ReadRecords())
        {
            Assert.Equal(Models.Dimension, record.Code.Length);
            Assert.Equal(0, Mapped());
        }

        Assert.Equal(0, Mapped());

        int Mapped() => File.ReadLines("/proc/self/maps").Count(line => line.Contains(_folder.Path, StringComparison.Ordinal));
    }

    [Fact]
    public void ReadRecords_OfManySegments_KeepsOneInMemory()
    {
        using var model = Train();
        var manifest = Manifest.Parse(File.ReadAllBytes(Path.Combine(model.Path, Manifest.FileName)), "test");
        var files = new ModelFiles(new ModelPaths(model.Path), PhysicalFileLayer.Instance);
        using var store = new RecordStore(s_definition.Spec.Rows, manifest.Records, files, null);
        using var segments = store.Segments().GetEnumerator();
        var first = Next(segments);
        Assert.True(IsAlive(first));
        for (var i = 0; i < 5; i++)
        {
            Next(segments);
        }

        Assert.False(IsAlive(first));

        [MethodImpl(MethodImplOptions.NoInlining)]
        static WeakReference Next(IEnumerator<Segment> segments)
        {
            Assert.True(segments.MoveNext());
            return new WeakReference(segments.Current);
        }

        static bool IsAlive(WeakReference reference)
        {
            GC.Collect();
            return reference.IsAlive;
        }
    }

    private static int Rest(IEnumerator<StoredRecord> reading)
    {
        var count = 0;
        while (reading.MoveNext())
        {
            count++;
        }

        return count;
    }

    private static string[] Tags(LegoNetModel model) => [.. model.ReadRecords().Select(r => r.RecordTag)];

    private static string Hex(byte[] tag) => Convert.ToHexStringLower(tag);

    private static IEnumerable<EncodedRecord> Records(ModelSpec spec) => Enumerable.Range(0, Count).Select(i => Models.Record(spec, i / 3, i % 3));

    private static void Add(LegoNetModel model, IEnumerable<EncodedRecord> records) => model.Add(records);

    private static void ForgetAll(LegoNetModel model) => model.Forget([.. Enumerable.Range(0, Count / 3).Select(i => new ForgetTarget($"subject-{i}"))]);

    private string SubjectOf(string recordTag)
    {
        var key = TagKey.Load(_folder["key"]);
        return Records(s_definition.Spec).First(r => Hex(key.RecordTag(r.Subject, r.Id)) == recordTag).Subject;
    }

    private LegoNetModel Train(ModelDefinition? definition = null)
        => LegoNetModel.Train(_folder["model"], definition ?? s_definition, Records((definition ?? s_definition).Spec), Options());

    private ModelOptions Options() => new() { TagKeyPath = _folder["key"], Threads = 2, Files = new UnflushedFiles() };
}
