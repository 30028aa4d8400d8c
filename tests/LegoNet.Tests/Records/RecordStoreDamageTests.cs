using LegoNet.Data.Files;
using LegoNet.Records;
using LegoNet.Tests.Support;

namespace LegoNet.Tests.Records;

/// <summary>Files whose digests are right and whose content is not what a writer makes.</summary>
public class RecordStoreDamageTests
{
    private static readonly ModelDefinition s_definition = Models.Definition();
    private static readonly TagKey s_tagKey = TagKey.FromBytes(new byte[32]);

    [Fact]
    public void Nodes_TrieThatNamesOneNodeManyTimes_IsDamagedAndNotWalked()
    {
        // Twenty small files would stand for 16^12 nodes.
        var files = new MemoryFiles();
        var node = PutSegment(files, [Row(1, [0, 1, 2], 0)]);
        for (var level = 0; level < 12; level++)
        {
            node = PutNode(files, "", [.. Enumerable.Repeat(node, 16)]);
        }

        AssertDamaged(files, node);
    }

    [Fact]
    public void Nodes_TrieDeeperThanAKey_IsDamaged()
    {
        var files = new MemoryFiles();
        var segment = PutSegment(files, [Row(1, [0, 1, 2], 0)]);
        var node = PutNode(files, "00", [segment, segment]);
        node = PutNode(files, "00", [node, segment]);
        AssertDamaged(files, node);
    }

    [Fact]
    public void Nodes_CountsThatDoNotAddUp_AreDamaged()
    {
        var files = new MemoryFiles();
        var segment = PutSegment(files, [Row(1, [0, 1, 2], 0)]);
        var node = PutNode(files, "", [segment, segment]);
        AssertDamaged(files, node with { Count = 3 });
        AssertDamaged(files, PutNode(files, "", [node with { Count = long.MaxValue }, segment with { Count = long.MaxValue }], count: 1));
        AssertDamaged(files, segment with { Count = 2 });
    }

    [Theory]
    [InlineData("{\"children\":{},\"prefix\":null}")]
    [InlineData("{\"children\":{},\"prefix\":\"\"}")]
    [InlineData("{\"children\":[],\"prefix\":\"\"}")]
    [InlineData("[]")]
    [InlineData("{\"prefix\":\"\"")]
    public void Nodes_MalformedNode_IsDamaged(string json)
    {
        var files = new MemoryFiles();
        var bytes = System.Text.Encoding.UTF8.GetBytes(json);
        var node = new NodeRef(false, 2, Digests.Of(bytes), TagTree.Empty);
        files.Put(node.File, bytes);
        AssertDamaged(files, node);
    }

    [Fact]
    public void OpenSegment_RouteOutOfRangeOrOrder_IsDamaged()
    {
        var files = new MemoryFiles();
        AssertDamaged(files, PutSegment(files, [Row(1, [0, 1, 7], 0)]));
        AssertDamaged(files, PutSegment(files, [Row(1, [1, 0, 2], 0)]));
        AssertDamaged(files, PutSegment(files, [Row(1, [1, 1, 2], 0)]));
    }

    [Fact]
    public void OpenSegment_LabelOrCodeOutOfRange_IsDamaged()
    {
        var files = new MemoryFiles();
        AssertDamaged(files, PutSegment(files, [Row(1, [0, 1, 2], Models.Classes)]));
        AssertDamaged(files, PutSegment(files, [Row(1, [0, 1, 2], -1)]));
        AssertDamaged(files, PutSegment(files, [Row(1, [0, 1, 2], 0, sbyte.MinValue)]));
    }

    private static void AssertDamaged(MemoryFiles files, NodeRef root)
    {
        using var store = new RecordStore(s_definition.Spec.Rows, root, files, s_tagKey);
        var failure = Assert.Throws<LegoNetException>(() => store.Rows().Count());
        Assert.Equal(LegoNetError.Damaged, failure.Error);
        Assert.StartsWith("records/", failure.Message, StringComparison.Ordinal);
    }

    private static NodeRef PutNode(MemoryFiles files, string prefix, NodeRef[] children, long? count = null)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(
            "{\"children\":{" + string.Join(',', children.Select((c, i) => $$"""
            "{{i:x}}":{"count":{{c.Count}},"digest":"{{c.Digest}}","kind":"{{(c.IsSegment ? "segment" : "node")}}","tags":"{{c.Tags}}"}
            """)) + "},\"prefix\":\"" + prefix + "\"}");
        NodeRef?[] places = [.. children, .. Enumerable.Repeat<NodeRef?>(null, 16 - children.Length)];
        var tags = new InteriorNode(prefix, [.. places.Select(p => p is null ? null : p with { Count = 1 })]).Tags;
        var node = new NodeRef(false, count ?? children.Sum(c => c.Count), Digests.Of(bytes), tags);
        files.Put(node.File, bytes);
        return node;
    }

    private static NodeRef PutSegment(MemoryFiles files, RowRef[] rows)
    {
        var bytes = Segment.Serialise(s_definition.Spec.Rows, rows, s_tagKey);
        var segment = new NodeRef(true, rows.Length, Digests.Of(bytes), TagTree.OfRows(rows, s_tagKey).Hash());
        files.Put(segment.File, bytes);
        return segment;
    }

    private static RowRef Row(int number, ushort[] route, int label, sbyte first = 1)
    {
        var record = Models.Record(s_definition.Spec, number, 0);
        record.Code[0] = first;
        var rows = new MemoryRows(s_definition.Spec.Rows, 1);
        var row = rows.Add(s_tagKey.KeyOf(record.Subject, record.Id), [label], record.Code, record.Fingerprint);
        route.CopyTo(rows.Routes);
        return row;
    }
}
