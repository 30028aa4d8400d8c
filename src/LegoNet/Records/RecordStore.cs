using LegoNet.Data.Files;
using LegoNet.Files;

namespace LegoNet.Records;

/// <summary>
/// The records of a model as a canonical trie over (subject tag, record tag). The trie for a set of rows S is a segment when S
/// has at most <see cref="RowLayout.SegmentRows"/> rows, and otherwise an interior node at the depth where the keys of S first
/// differ, with one child per digit. So the files are a function of the set: neither the order of arrival nor anything that was
/// removed can be told from them.
/// </summary>
internal sealed class RecordStore : IDisposable
{
    private readonly TrieFiles _files;
    private readonly TagKey? _tagKey;

    public RecordStore(RowLayout layout, NodeRef? root, IFileReader reader, TagKey? tagKey)
        : this(root, new TrieFiles(layout, reader), tagKey)
    {
    }

    private RecordStore(NodeRef? root, TrieFiles files, TagKey? tagKey) => (Root, _files, _tagKey) = (root, files, tagKey);

    public RowLayout Layout => _files.Layout;

    public NodeRef? Root { get; }

    public long Count => Root?.Count ?? 0;

    /// <summary>All rows in key order.</summary>
    public IEnumerable<RowRef> Rows() => Nodes().Where(node => node.IsSegment).SelectMany(_files.RowsOf);

    /// <summary>All segments in key order. Each node is dropped from the store's memory when the one after it is asked for.</summary>
    public IEnumerable<Segment> Segments()
    {
        NodeRef? last = null;
        foreach (var node in Nodes())
        {
            if (last is not null)
            {
                Release([last.File]);
            }

            last = node;
            if (node.IsSegment)
            {
                yield return _files.OpenSegment(node);
            }
        }
    }

    /// <summary>All nodes, parents before children, in key order.</summary>
    /// <param name="damaged">Told of each inner node that cannot be read, whose children are then passed over; null to fail at the first.</param>
    /// <exception cref="LegoNetException">An inner node cannot be read.</exception>
    public IEnumerable<NodeRef> Nodes(Action<LegoNetException>? damaged = null)
    {
        var stack = new Stack<NodePlace>();
        if (Root is not null)
        {
            stack.Push(new NodePlace(Root));
        }

        while (stack.TryPop(out var place))
        {
            yield return place.Node;
            if (place.Node.IsSegment)
            {
                continue;
            }

            try
            {
                PushChildren(stack, _files.OpenNode(place));
            }
            catch (LegoNetException e) when (damaged is not null)
            {
                damaged(e);
            }
        }
    }

    /// <summary>The row with a key.</summary>
    public RowRef? Find(in RecordKey key)
    {
        if (Root is null)
        {
            return null;
        }

        var place = new NodePlace(Root);
        while (!place.Node.IsSegment)
        {
            var interior = _files.OpenNode(place);
            var digit = key.Nibble(interior.Depth);
            if (interior.Children[digit] is not { } child)
            {
                return null;
            }

            place = new NodePlace(child, interior, digit);
        }

        var segment = _files.OpenSegment(place.Node);
        var row = LowerBound(segment, key);
        return row < segment.Count && segment.Key(row).Equals(key) ? new RowRef(segment, row) : null;
    }

    /// <summary>The rows whose subject tag starts with the 32 bits.</summary>
    public IEnumerable<RowRef> FindPrefix(uint prefix)
    {
        const int PrefixNibbles = 8;
        if (Root is null)
        {
            yield break;
        }

        var tag = new byte[RecordKey.TagBytes];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(tag, prefix);
        var first = new RecordKey(tag, new byte[RecordKey.TagBytes]);

        // Interior nodes compare one digit only, so a row from another prefix can be reached: the rows themselves are compared.
        var stack = new Stack<NodePlace>();
        stack.Push(new NodePlace(Root));
        while (stack.TryPop(out var place))
        {
            if (place.Node.IsSegment)
            {
                var segment = _files.OpenSegment(place.Node);
                for (var row = LowerBound(segment, first); row < segment.Count && segment.Key(row).SubjectPrefix == prefix; row++)
                {
                    yield return new RowRef(segment, row);
                }

                continue;
            }

            var interior = _files.OpenNode(place);
            if (interior.Depth >= PrefixNibbles)
            {
                PushChildren(stack, interior);
            }
            else if (interior.Children[first.Nibble(interior.Depth)] is { } child)
            {
                stack.Push(new NodePlace(child, interior, first.Nibble(interior.Depth)));
            }
        }
    }

    /// <summary>The rows of a subject.</summary>
    public IEnumerable<RowRef> FindSubject(byte[] subjectTag)
    {
        var probe = new RecordKey(subjectTag, subjectTag);
        return FindPrefix(probe.SubjectPrefix).Where(row => row.Key.SameSubject(probe));
    }

    /// <summary>The way down the tag tree to where a subject's tag leads.</summary>
    /// <param name="subjectTag">The tag.</param>
    /// <param name="path">Receives the branches on the way, from the top.</param>
    /// <returns>Where the way ends; null when nothing is stored.</returns>
    public TagEnd? Descend(byte[] subjectTag, List<TagStep> path)
    {
        if (Root is null)
        {
            return null;
        }

        for (var place = new NodePlace(Root); ;)
        {
            var interior = place.Node.IsSegment ? null : _files.OpenNode(place);
            var tree = interior is not null ? TagTree.OfChildren(interior) : TagTree.OfRows([.. _files.RowsOf(place.Node)], _tagKey!);
            if (tree.Hash() != place.Node.Tags)
            {
                throw LegoNetException.Damaged($"{place.Node.File}: the tags in it are not those that its parent names.");
            }

            var reached = tree.Descend(subjectTag, path, out var branch);
            if (branch is not null)
            {
                return branch;
            }

            if (interior is null)
            {
                return tree.Leaf(reached);
            }

            // The digit may be another than the tag's, where no child has that one: then the child is where the way turns away.
            var digit = interior.DigitOf(reached);
            place = new NodePlace(interior.Children[digit]!, interior, digit);
        }
    }

    /// <summary>
    /// The store with the changes applied. New files go to the sink; the names of files that the new store no longer has are added
    /// to <paramref name="obsolete"/>.
    /// </summary>
    /// <param name="changes">In key order, each key once; a removal names a key that is present.</param>
    /// <param name="sink">Receives the new files.</param>
    /// <param name="obsolete">Receives the names of files that only the store before needs.</param>
    public RecordStore Update(ReadOnlySpan<RowChange> changes, IFileSink sink, ISet<string> obsolete)
    {
        var edit = new TrieEdit(_files, _tagKey!);
        return With(edit.Update(Root, changes), edit, sink, obsolete);
    }

    /// <summary>Builds a store's files from all its rows.</summary>
    /// <param name="rows">The rows, in key order.</param>
    /// <param name="sink">Receives the files, from several threads.</param>
    /// <param name="threads">Parts of the trie built at a time.</param>
    public RecordStore Build(ReadOnlyMemory<RowRef> rows, IFileSink sink, int threads)
        => new(new TrieEdit(_files, _tagKey!).Build(rows, sink, threads), _files, _tagKey);

    /// <summary>
    /// The trie's nodes by the first digits of their keys, for changing them apart (<see cref="Join"/>).
    /// </summary>
    /// <param name="digits">Digits, from 1.</param>
    /// <returns>
    /// A node for each value of the digits, null where there are no records; null where so few records are stored that a segment has several.
    /// </returns>
    /// <exception cref="LegoNetException">A node cannot be read.</exception>
    public NodeRef?[]? Split(int digits)
    {
        var parts = new NodeRef?[1 << (4 * digits)];
        return Root is null || Split(new NodePlace(Root), digits, parts) ? parts : null;
    }

    /// <summary>The files of the nodes that lie above some others.</summary>
    /// <param name="below">The files of those others, of which every way down passes one.</param>
    public IEnumerable<string> Above(IReadOnlySet<string> below)
    {
        var stack = new Stack<NodePlace>();
        if (Root is not null)
        {
            stack.Push(new NodePlace(Root));
        }

        while (stack.TryPop(out var place))
        {
            if (!below.Contains(place.Node.File))
            {
                yield return place.Node.File;
                PushChildren(stack, _files.OpenNode(place));
            }
        }
    }

    /// <summary>The store over records that were built apart, by the first digits of their keys.</summary>
    /// <param name="parts">What was built for each value of the digits, in order; null where there are no records. Files of it are in the reader.</param>
    /// <param name="digits">Digits, from 0.</param>
    /// <param name="sink">Receives the new files.</param>
    /// <param name="obsolete">Receives the names of files of the parts that the store does not have.</param>
    public RecordStore Join(IReadOnlyList<NodeRef?> parts, int digits, IFileSink sink, ISet<string> obsolete)
    {
        var edit = new TrieEdit(_files, _tagKey!);
        return With(edit.Join(parts, digits), edit, sink, obsolete);
    }

    /// <summary>A segment of the store.</summary>
    public Segment OpenSegment(NodeRef node) => _files.OpenSegment(node);

    /// <summary>Forgets cached views of files that a commit removed.</summary>
    public void Release(IEnumerable<string> files) => _files.Release(files);

    public void Dispose() => _files.Dispose();

    private RecordStore With(NodeRef? root, TrieEdit edit, IFileSink sink, ISet<string> obsolete)
    {
        edit.Write(sink, obsolete);
        return new RecordStore(root, _files, _tagKey);
    }

    private bool Split(in NodePlace place, int digits, NodeRef?[] parts)
    {
        if (place.Node.IsSegment)
        {
            var segment = _files.OpenSegment(place.Node);
            RecordKey first = segment.Key(0), last = segment.Key(segment.Count - 1);
            Release([place.Node.File]);
            parts[Convert.ToInt32(first.Prefix(digits), 16)] = place.Node;
            return first.CommonNibbles(last) >= digits;
        }

        var interior = _files.OpenNode(place);
        if (interior.Depth >= digits)
        {
            parts[Convert.ToInt32(interior.Prefix[..digits], 16)] = place.Node;
            return true;
        }

        for (var digit = 0; digit < interior.Children.Length; digit++)
        {
            if (interior.Children[digit] is { } child && !Split(new NodePlace(child, interior, digit), digits, parts))
            {
                return false;
            }
        }

        return true;
    }

    private static void PushChildren(Stack<NodePlace> stack, InteriorNode parent)
    {
        for (var i = 15; i >= 0; i--)
        {
            if (parent.Children[i] is { } child)
            {
                stack.Push(new NodePlace(child, parent, i));
            }
        }
    }

    private static int LowerBound(Segment segment, in RecordKey key)
    {
        int low = 0, high = segment.Count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (segment.Key(middle).CompareTo(key) < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
