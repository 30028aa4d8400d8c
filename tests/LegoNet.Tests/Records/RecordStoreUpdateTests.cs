using FsCheck;
using FsCheck.Fluent;
using LegoNet.Records;
using LegoNet.Tests.Support;

namespace LegoNet.Tests.Records;

public class RecordStoreUpdateTests
{
    private const int SegmentRows = 3;

    private static readonly ModelDefinition s_definition = Models.Definition(segmentRows: SegmentRows);
    private static readonly TagKey s_tagKey = TagKey.FromBytes(Enumerable.Range(0, 32).Select(i => (byte)i).ToArray());
    private static readonly RecordKey[] s_keys = Keys();

    [Fact]
    public void Update_FromAnySetToAnyOther_LeavesTheFilesOfTheSetItself()
    {
        // A set is, per key, 0 (absent) or the version of its content; each step goes from one set to the next.
        var sparse = Gen.Frequency((6, Gen.Constant(0)), (1, Gen.Choose(1, 2))).ArrayOf(s_keys.Length);
        var dense = Gen.Frequency((1, Gen.Constant(0)), (6, Gen.Choose(1, 2))).ArrayOf(s_keys.Length);
        var empty = Gen.Constant(new int[s_keys.Length]);
        var sets = Gen.Frequency((4, sparse), (4, dense), (1, empty)).ListOf(5);
        Prop.ForAll(sets.ToArbitrary(), steps => Run([.. steps])).Check(Config.QuickThrowOnFailure.WithMaxTest(150));
    }

    [Fact]
    public void Update_OneKeyAfterAnother_LeavesTheFilesOfTheSetItself()
    {
        // Every key comes once and goes once, so each split and each merge happens alone.
        var sets = new List<int[]>();
        var set = new int[s_keys.Length];
        foreach (var version in (int[])[1, 2, 0])
        {
            for (var i = 0; i < set.Length; i++)
            {
                set = (int[])set.Clone();
                set[(i * 37) % set.Length] = version;
                sets.Add(set);
            }
        }

        Run([.. sets]);
    }

    private static void Run(int[][] sets)
    {
        var layout = s_definition.Spec.Rows;
        var disk = new MemoryFiles();
        var store = new RecordStore(layout, null, disk, s_tagKey);
        var present = new int[s_keys.Length];
        foreach (var set in sets)
        {
            var changes = Enumerable.Range(0, s_keys.Length)
                .Where(i => set[i] != present[i])
                .Select(i => new RowChange(s_keys[i], set[i] == 0 ? null : Row(i, set[i])))
                .OrderBy(c => c.Key)
                .ToArray();
            var written = new MemoryFiles();
            var obsolete = new HashSet<string>(StringComparer.Ordinal);
            store = store.Update(changes, written, obsolete);
            Assert.All(obsolete, file => Assert.True(disk.Files.Remove(file), $"{file} is dropped but was never there"));
            foreach (var (file, bytes) in written.Files)
            {
                Assert.DoesNotContain(file, obsolete);
                disk.Put(file, bytes);
            }

            store.Release(obsolete.Concat(written.Files.Keys));
            present = set;

            var expected = new MemoryFiles();
            var rows = Enumerable.Range(0, s_keys.Length).Where(i => set[i] != 0).Select(i => Row(i, set[i])).OrderBy(r => r.Key).ToArray();
            var fresh = new RecordStore(layout, null, expected, s_tagKey).Build(rows, expected, threads: 2);
            Assert.Equal(fresh.Root, store.Root);
            Assert.Equal(expected.Files.Keys, disk.Files.Keys);
            Assert.All(expected.Files, file => Assert.Equal(file.Value, disk.Files[file.Key]));
            AssertFinds(store, rows);
        }
    }

    private static void AssertFinds(RecordStore store, RowRef[] rows)
    {
        Assert.Equal(rows.Select(r => r.Key), store.Rows().Select(r => r.Key));
        foreach (var key in s_keys)
        {
            var row = rows.FirstOrDefault(r => r.Key.Equals(key));
            Assert.Equal(row.Block is not null, store.Find(key) is { } found && found.SameContent(row));
            Assert.Equal(
                rows.Where(r => r.Key.SubjectPrefix == key.SubjectPrefix).Select(r => r.Key),
                store.FindPrefix(key.SubjectPrefix).Select(r => r.Key));
            var tag = new byte[RecordKey.TagBytes];
            key.WriteSubjectTag(tag);
            Assert.Equal(rows.Where(r => r.Key.SameSubject(key)).Select(r => r.Key), store.FindSubject(tag).Select(r => r.Key));
        }
    }

    private static RowRef Row(int number, int version)
    {
        var record = Models.Record(s_definition.Spec, number, 0, version);
        var rows = new MemoryRows(s_definition.Spec.Rows, 1);
        var row = rows.Add(s_keys[number], [version], record.Code, record.Fingerprint);
        ((ushort[])[0, 2, 5]).CopyTo(rows.Routes);
        return row;
    }

    // Tags of an HMAC are never like this: long shared prefixes, 32-bit prefixes shared by several subjects, a subject with more
    // records than a segment holds, keys that differ in the last digit only.
    private static RecordKey[] Keys()
    {
        byte[][] subjects =
        [
            Tag(),
            Tag((0, 0x01)),
            Tag((0, 0x10)),
            Tag((0, 0xff)),
            Tag((3, 0x01)),
            Tag((4, 0x10)),
            Tag((4, 0x11)),
            Tag((4, 0x11), (31, 0x01)),
            Tag((4, 0x11), (31, 0x10)),
        ];
        byte[][] ids = [Tag(), Tag((0, 0x10)), Tag((31, 0x01)), Tag((31, 0x02)), Tag((16, 0x80), (31, 0x01))];
        return [.. subjects.SelectMany(s => ids.Select(i => new RecordKey(s, i)))];
    }

    private static byte[] Tag(params (int Place, byte Value)[] bytes)
    {
        var tag = new byte[RecordKey.TagBytes];
        foreach (var (place, value) in bytes)
        {
            tag[place] = value;
        }

        return tag;
    }
}
