using System.Security.Cryptography;
using LegoNet.Records;
using LegoNet.Tests.Support;

namespace LegoNet.Tests.Records;

/// <summary>The tag tree against a plain reference that knows no segments and no nodes.</summary>
public class TagTreeTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(17)]
    [InlineData(400)]
    public void Tags_AnySetOfKeys_AreThoseOfTheReference(int count)
    {
        for (var seed = 0; seed < 5; seed++)
        {
            var keys = DrawnKeys.Draw(count, seed);
            using var small = new KeyedStore(keys, segmentRows: 3);
            using var large = new KeyedStore(keys, segmentRows: 1024);
            Assert.Equal(Reference(small.Keys), small.Tags);
            Assert.Equal(small.Tags, large.Tags);
        }
    }

    [Fact]
    public void Tags_OneKeyMoreOrLess_AreOthers()
    {
        var keys = DrawnKeys.Draw(40, 7);
        using var all = new KeyedStore(keys);
        var seen = new HashSet<string> { all.Tags };
        for (var i = 0; i < keys.Count; i++)
        {
            using var without = new KeyedStore(keys.Where((_, j) => j != i));
            Assert.True(seen.Add(without.Tags));
        }
    }

    [Fact]
    public void Tags_AnotherTagKey_AreOthers()
    {
        // Otherwise whoever knows the tags could tell from a hash in somebody's proof whose leaf it is.
        var keys = DrawnKeys.Draw(3, 1);
        var rows = new MemoryRows(Models.Definition().Spec.Rows, keys.Count);
        RowRef[] stored = [.. keys.Order().Select(key => rows.Add(key, [0], new sbyte[Models.Dimension], Models.Fingerprint))];
        Assert.NotEqual(TagTree.OfRows(stored, KeyedStore.TagKey).Hash(), TagTree.OfRows(stored, TagKey.CreateRandom()).Hash());
    }

    [Fact]
    public void Salts_OfManyRecords_AreDistinct()
    {
        var blocks = RandomNumberGenerator.GetBytes(TagTree.SaltBytes * 1000);
        var salts = new byte[blocks.Length];
        KeyedStore.TagKey.LeafSalts(blocks, salts);
        Assert.Equal(1000, salts.Chunk(TagTree.SaltBytes).Select(Convert.ToHexString).Distinct().Count());
    }

    private static string Reference(IReadOnlyList<RecordKey> keys)
    {
        var bits = keys.Select(k => (Key: k, Bits: Bits(k))).ToArray();
        return Convert.ToHexStringLower(bits.Length == 0 ? SHA256.HashData([]) : Reference(bits));
    }

    private static byte[] Reference((RecordKey Key, string Bits)[] keys)
    {
        if (keys.Length == 1)
        {
            var tags = new byte[2 * RecordKey.TagBytes];
            keys[0].Key.WriteSubjectTag(tags);
            keys[0].Key.WriteRecordTag(tags.AsSpan(RecordKey.TagBytes));
            var salt = new byte[TagTree.SaltBytes];
            KeyedStore.TagKey.LeafSalts(tags.AsSpan(RecordKey.TagBytes, TagTree.SaltBytes), salt);
            return SHA256.HashData([0, .. tags.AsSpan(0, RecordKey.TagBytes), .. salt]);
        }

        var common = 0;
        while (keys.All(k => k.Bits[common] == keys[0].Bits[common]))
        {
            common++;
        }

        var prefix = keys[0].Bits[..common].PadRight((common + 7) / 8 * 8, '0').Chunk(8).Select(b => Convert.ToByte(new string(b), 2));
        return SHA256.HashData(
        [
            1, (byte)(common >> 8), (byte)common, .. prefix,
            .. Reference([.. keys.Where(k => k.Bits[common] == '0')]),
            .. Reference([.. keys.Where(k => k.Bits[common] == '1')]),
        ]);
    }

    private static string Bits(RecordKey key)
        => string.Concat(key.Prefix(RecordKey.Nibbles).Select(d => Convert.ToString(Convert.ToInt32(d.ToString(), 16), 2).PadLeft(4, '0')));
}
