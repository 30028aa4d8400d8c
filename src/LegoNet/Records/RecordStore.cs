using System.Collections.Concurrent;
using System.Globalization;
using LegoNet.Common;
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
    private readonly IFileReader _reader;
    private readonly TagKey? _tagKey;
    private readonly ConcurrentDictionary<string, Segment> _segments;
    private readonly ConcurrentDictionary<string, InteriorNode> _nodes;

    public RecordStore(RowLayout layout, NodeRef? root, IFileReader reader, TagKey? tagKey)
        : this(layout, root, reader, tagKey, new(), new())
    {
    }

    private RecordStore(
        RowLayout layout,
        NodeRef? root,
        IFileReader reader,
        TagKey? tagKey,
        ConcurrentDictionary<string, Segment> segments,
        ConcurrentDictionary<string, InteriorNode> nodes)
    {
        Layout = layout;
        Root = root;
        _reader = reader;
        _tagKey = tagKey;
        _segments = segments;
        _nodes = nodes;
    }

    public RowLayout Layout { get; }

    public NodeRef? Root { get; }

    public long Count => Root?.Count ?? 0;

    /// <summary>All rows in key order.</summary>
    public IEnumerable<RowRef> Rows() => Nodes().Where(node => node.IsSegment).SelectMany(RowsOf);

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
                yield return OpenSegment(node);
            }
        }
    }

    /// <summary>All nodes, parents before children, in key order.</summary>
    /// <param name="damaged">Told of each inner node that cannot be read, whose children are then passed over; null to fail at the first.</param>
    /// <exception cref="LegoNetException">An inner node cannot be read.</exception>
    public IEnumerable<NodeRef> Nodes(Action<LegoNetException>? damaged = null)
    {
        var stack = new Stack<Place>();
        if (Root is not null)
        {
            stack.Push(new Place(Root));
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
                PushChildren(stack, OpenNode(place));
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

        var place = new Place(Root);
        while (!place.Node.IsSegment)
        {
            var interior = OpenNode(place);
            var digit = key.Nibble(interior.Depth);
            if (interior.Children[digit] is not { } child)
            {
                return null;
            }

            place = new Place(child, interior, digit);
        }

        var segment = OpenSegment(place.Node);
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
        var stack = new Stack<Place>();
        stack.Push(new Place(Root));
        while (stack.TryPop(out var place))
        {
            if (place.Node.IsSegment)
            {
                var segment = OpenSegment(place.Node);
                for (var row = LowerBound(segment, first); row < segment.Count && segment.Key(row).SubjectPrefix == prefix; row++)
                {
                    yield return new RowRef(segment, row);
                }

                continue;
            }

            var interior = OpenNode(place);
            if (interior.Depth >= PrefixNibbles)
            {
                PushChildren(stack, interior);
            }
            else if (interior.Children[first.Nibble(interior.Depth)] is { } child)
            {
                stack.Push(new Place(child, interior, first.Nibble(interior.Depth)));
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

        for (var place = new Place(Root); ;)
        {
            var interior = place.Node.IsSegment ? null : OpenNode(place);
            var tree = interior is not null ? TagTree.OfChildren(interior) : TagTree.OfRows([.. RowsOf(place.Node)], _tagKey!);
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
            place = new Place(interior.Children[digit]!, interior, digit);
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
        var draft = new Draft();
        return Put(Root is null ? Merge(null, changes, draft) : UpdateNode(new Place(Root), changes, draft), draft, sink, obsolete);
    }

    /// <summary>Builds a store's files from all its rows.</summary>
    /// <param name="rows">The rows, in key order.</param>
    /// <param name="sink">Receives the files, from several threads.</param>
    /// <param name="threads">Parts of the trie built at a time.</param>
    public RecordStore Build(ReadOnlyMemory<RowRef> rows, IFileSink sink, int threads)
        => new(Layout, rows.IsEmpty ? null : BuildNode(rows, sink.Put, threads), _reader, _tagKey, _segments, _nodes);

    /// <summary>
    /// The trie's nodes by the first digits of their keys, for changing them apart (<see cref="Join(IReadOnlyList{NodeRef?}, int, IFileSink, ISet{string})"/>).
    /// </summary>
    /// <param name="digits">Digits, from 1.</param>
    /// <returns>
    /// A node for each value of the digits, null where there are no records; null where so few records are stored that a segment has several.
    /// </returns>
    /// <exception cref="LegoNetException">A node cannot be read.</exception>
    public NodeRef?[]? Split(int digits)
    {
        var parts = new NodeRef?[1 << (4 * digits)];
        return Root is null || Split(new Place(Root), digits, parts) ? parts : null;
    }

    /// <summary>The files of the nodes that lie above some others.</summary>
    /// <param name="below">The files of those others, of which every way down passes one.</param>
    public IEnumerable<string> Above(IReadOnlySet<string> below)
    {
        var stack = new Stack<Place>();
        if (Root is not null)
        {
            stack.Push(new Place(Root));
        }

        while (stack.TryPop(out var place))
        {
            if (!below.Contains(place.Node.File))
            {
                yield return place.Node.File;
                PushChildren(stack, OpenNode(place));
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
        var draft = new Draft();
        var nodes = parts.ToArray();
        for (var depth = digits - 1; depth >= 0; depth--)
        {
            var joined = new NodeRef?[nodes.Length / 16];
            for (var i = 0; i < joined.Length; i++)
            {
                var prefix = depth == 0 ? "" : i.ToString("x", CultureInfo.InvariantCulture).PadLeft(depth, '0');
                joined[i] = Join(new InteriorNode(prefix, nodes[(16 * i)..(16 * (i + 1))]), draft);
            }

            nodes = joined;
        }

        return Put(nodes[0], draft, sink, obsolete);
    }

    /// <summary>Forgets cached views of files that a commit removed.</summary>
    public void Release(IEnumerable<string> files)
    {
        foreach (var file in files)
        {
            var digest = Path.GetFileNameWithoutExtension(file);
            _nodes.TryRemove(digest, out _);
            if (_segments.TryRemove(digest, out var segment))
            {
                segment.Dispose();
            }
        }
    }

    public void Dispose()
    {
        foreach (var segment in _segments.Values)
        {
            segment.Dispose();
        }

        _segments.Clear();
    }

    public Segment OpenSegment(NodeRef node)
    {
        if (_segments.TryGetValue(node.Digest, out var segment))
        {
            return segment;
        }

        var view = _reader.View(node.File, node.Digest);
        try
        {
            segment = Segment.Open(Layout, view.Memory, node.File, view);
            if (segment.Count != node.Count)
            {
                throw LegoNetException.Damaged($"{node.File}: holds {segment.Count} rows where its parent names {node.Count}.");
            }
        }
        catch
        {
            ((IDisposable)view).Dispose();
            throw;
        }

        var kept = _segments.GetOrAdd(node.Digest, segment);
        if (!ReferenceEquals(kept, segment))
        {
            segment.Dispose();
        }

        return kept;
    }

    // A digest says that a node is the one its parent names, not that it belongs there. Prefixes that grow on the way down keep a
    // made-up trie from being deeper than a key, or from naming one node at several places, which could multiply without bound.
    private InteriorNode OpenNode(in Place place)
    {
        var node = place.Node;
        var interior = _nodes.GetOrAdd(node.Digest, _ =>
        {
            using IDisposable view = _reader.View(node.File, node.Digest);
            return InteriorNode.Parse(((FileView)view).Memory, node.File);
        });
        return interior.Count == node.Count && interior.Tags == node.Tags && (place.Parent is null || interior.IsBelow(place.Parent, place.Digit))
            ? interior
            : throw LegoNetException.Damaged($"{node.File}: does not belong where its parent names it.");
    }

    private bool Split(in Place place, int digits, NodeRef?[] parts)
    {
        if (place.Node.IsSegment)
        {
            var segment = OpenSegment(place.Node);
            RecordKey first = segment.Key(0), last = segment.Key(segment.Count - 1);
            Release([place.Node.File]);
            parts[Convert.ToInt32(first.Prefix(digits), 16)] = place.Node;
            return first.CommonNibbles(last) >= digits;
        }

        var interior = OpenNode(place);
        if (interior.Depth >= digits)
        {
            parts[Convert.ToInt32(interior.Prefix[..digits], 16)] = place.Node;
            return true;
        }

        for (var digit = 0; digit < interior.Children.Length; digit++)
        {
            if (interior.Children[digit] is { } child && !Split(new Place(child, interior, digit), digits, parts))
            {
                return false;
            }
        }

        return true;
    }

    private RecordStore Put(NodeRef? root, Draft draft, IFileSink sink, ISet<string> obsolete)
    {
        foreach (var (file, bytes) in draft.Created)
        {
            sink.Put(file, bytes);
        }

        draft.Replaced.ExceptWith(draft.Created.Keys);
        obsolete.UnionWith(draft.Replaced);
        return new RecordStore(Layout, root, _reader, _tagKey, _segments, _nodes);
    }

    private static void PushChildren(Stack<Place> stack, InteriorNode parent)
    {
        for (var i = 15; i >= 0; i--)
        {
            if (parent.Children[i] is { } child)
            {
                stack.Push(new Place(child, parent, i));
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

    private IEnumerable<RowRef> RowsOf(NodeRef node)
    {
        var segment = OpenSegment(node);
        for (var row = 0; row < segment.Count; row++)
        {
            yield return new RowRef(segment, row);
        }
    }

    /// <summary>The node that the trie has for a set of rows; what is written is a function of the set.</summary>
    private NodeRef BuildNode(ReadOnlyMemory<RowRef> rows, Action<string, byte[]> put, int threads)
    {
        if (rows.Length <= Layout.SegmentRows)
        {
            var bytes = Segment.Serialise(Layout, rows, _tagKey!);
            var segment = new NodeRef(true, rows.Length, Digests.Of(bytes), TagTree.OfRows(rows.Span, _tagKey!).Hash());
            put(segment.File, bytes);
            return segment;
        }

        var first = rows.Span[0].Key;
        var depth = first.CommonNibbles(rows.Span[^1].Key);
        var parts = new List<(int Digit, ReadOnlyMemory<RowRef> Rows)>();
        for (int start = 0, end; start < rows.Length; start = end)
        {
            var digit = rows.Span[start].Key.Nibble(depth);
            for (end = start + 1; end < rows.Length && rows.Span[end].Key.Nibble(depth) == digit; end++)
            {
            }

            parts.Add((digit, rows[start..end]));
        }

        // Tags are spread evenly, so the parts are of one size and below them nothing is left to share out.
        var children = new NodeRef?[16];
        InParallel.ForEach(parts, threads, part => children[part.Digit] = BuildNode(part.Rows, put, threads: 1));
        return PutInterior(new InteriorNode(first.Prefix(depth), children), put);
    }

    private NodeRef? UpdateNode(in Place place, ReadOnlySpan<RowChange> changes, Draft draft)
    {
        var node = place.Node;
        if (changes.IsEmpty)
        {
            return node;
        }

        if (node.IsSegment)
        {
            return Merge(node, changes, draft);
        }

        // A key that leaves the path above this node's branch makes the trie branch higher: the node itself (with the changes
        // that stay on its path) moves below a new parent.
        var interior = OpenNode(place);
        RecordKey first = changes[0].Key, last = changes[^1].Key;
        var depth = Math.Min(interior.Shared(first), interior.Shared(last));
        var splits = depth < interior.Depth;
        NodeRef?[] children;
        if (splits)
        {
            children = new NodeRef?[16];
            children[Convert.ToInt32(interior.Prefix.Substring(depth, 1), 16)] = node;
        }
        else
        {
            children = (NodeRef?[])interior.Children.Clone();
            draft.Replaced.Add(node.File);
        }

        for (int start = 0, end; start < changes.Length; start = end)
        {
            var digit = changes[start].Key.Nibble(depth);
            for (end = start + 1; end < changes.Length && changes[end].Key.Nibble(depth) == digit; end++)
            {
            }

            // A node that moves below a new parent is opened as it was before: by its own prefix, which stays.
            var within = changes[start..end];
            children[digit] = children[digit] is not { } child ? Merge(null, within, draft)
                : UpdateNode(splits ? place : new Place(child, interior, digit), within, draft);
        }

        return Join(new InteriorNode(interior.Prefix[..depth], children), draft);
    }

    /// <summary>The canonical node for an interior node whose children have changed.</summary>
    private NodeRef? Join(InteriorNode node, Draft draft)
    {
        var children = node.Children.OfType<NodeRef>().ToArray();
        if (children.Length <= 1)
        {
            // Nodes carry their whole prefix, so an only child takes its parent's place unchanged.
            return children.Length == 0 ? null : children[0];
        }

        if (node.Count > Layout.SegmentRows)
        {
            return PutInterior(node, draft.Put);
        }

        // With so few rows below, every child is a segment.
        var rows = children.SelectMany(RowsOf).ToArray();
        foreach (var child in children)
        {
            if (draft.Created.Remove(child.File))
            {
                _segments.TryRemove(child.Digest, out _);
            }
            else
            {
                draft.Replaced.Add(child.File);
            }
        }

        return BuildCached(rows, draft);
    }

    private NodeRef? Merge(NodeRef? segment, ReadOnlySpan<RowChange> changes, Draft draft)
    {
        var rows = new List<RowRef>();
        var next = 0;
        foreach (var row in segment is null ? [] : RowsOf(segment))
        {
            var key = row.Key;
            var superseded = false;
            for (; next < changes.Length && changes[next].Key.CompareTo(key) <= 0; next++)
            {
                superseded |= changes[next].Key.Equals(key);
                Insert(changes[next]);
            }

            if (!superseded)
            {
                rows.Add(row);
            }
        }

        for (; next < changes.Length; next++)
        {
            Insert(changes[next]);
        }

        if (segment is not null)
        {
            draft.Replaced.Add(segment.File);
        }

        return rows.Count == 0 ? null : BuildCached([.. rows], draft);

        void Insert(in RowChange change)
        {
            if (change.Row is { } row)
            {
                rows.Add(row);
            }
        }
    }

    // What an update creates is read again before it is on disk: by a merge one level up, and by the refits.
    private NodeRef BuildCached(RowRef[] rows, Draft draft) => BuildNode(rows, (file, bytes) =>
    {
        draft.Put(file, bytes);
        if (file.EndsWith(".safetensors", StringComparison.Ordinal))
        {
            _segments[Path.GetFileNameWithoutExtension(file)] = Segment.Open(Layout, bytes, file, owner: null);
        }
    }, threads: 1);

    private NodeRef PutInterior(InteriorNode node, Action<string, byte[]> put)
    {
        var bytes = node.Serialise();
        var reference = new NodeRef(false, node.Count, Digests.Of(bytes), node.Tags);
        put(reference.File, bytes);
        _nodes[reference.Digest] = node;
        return reference;
    }

    /// <summary>A node and where it stands: the parent that names it (null at the root) and the digit.</summary>
    private readonly record struct Place(NodeRef Node, InteriorNode? Parent = null, int Digit = 0);

    /// <summary>What an update wants to write and to drop. Nothing reaches the disk before the new trie is complete, because a
    /// segment may be merged away again one level up.</summary>
    private sealed class Draft
    {
        public Dictionary<string, byte[]> Created { get; } = new(StringComparer.Ordinal);

        public HashSet<string> Replaced { get; } = new(StringComparer.Ordinal);

        public void Put(string file, byte[] bytes) => Created[file] = bytes;
    }
}
