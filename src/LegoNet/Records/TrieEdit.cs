using System.Globalization;
using LegoNet.Common;
using LegoNet.Data.Files;
using LegoNet.Files;

namespace LegoNet.Records;

/// <summary>
/// A change of the trie: what it is to write and to drop. Nothing reaches the disk before the new trie is complete, because a segment may be
/// merged away again one level up.
/// </summary>
/// <param name="files">The trie's files.</param>
/// <param name="tagKey">The model's tag key.</param>
internal sealed class TrieEdit(TrieFiles files, TagKey tagKey)
{
    private readonly Dictionary<string, byte[]> _created = new(StringComparer.Ordinal);
    private readonly HashSet<string> _replaced = new(StringComparer.Ordinal);

    /// <summary>Applies changes below a node.</summary>
    /// <param name="root">The node; null where there are no rows.</param>
    /// <param name="changes">In key order, each key once; a removal names a key that is present.</param>
    /// <returns>The node afterwards; null where no rows are left.</returns>
    public NodeRef? Update(NodeRef? root, ReadOnlySpan<RowChange> changes)
        => root is null ? Merge(null, changes) : UpdateNode(new NodePlace(root), changes);

    /// <summary>The node over records that were built apart, by the first digits of their keys.</summary>
    /// <param name="parts">What was built for each value of the digits, in order; null where there are no records.</param>
    /// <param name="digits">Digits, from 0.</param>
    public NodeRef? Join(IReadOnlyList<NodeRef?> parts, int digits)
    {
        var nodes = parts.ToArray();
        for (var depth = digits - 1; depth >= 0; depth--)
        {
            var joined = new NodeRef?[nodes.Length / 16];
            for (var i = 0; i < joined.Length; i++)
            {
                var prefix = depth == 0 ? "" : i.ToString("x", CultureInfo.InvariantCulture).PadLeft(depth, '0');
                joined[i] = Join(new InteriorNode(prefix, nodes[(16 * i)..(16 * (i + 1))]));
            }

            nodes = joined;
        }

        return nodes[0];
    }

    /// <summary>Builds a node from all its rows, whose files are written at once.</summary>
    /// <param name="rows">The rows, in key order.</param>
    /// <param name="sink">Receives the files, from several threads.</param>
    /// <param name="threads">Parts of the trie built at a time.</param>
    public NodeRef? Build(ReadOnlyMemory<RowRef> rows, IFileSink sink, int threads) => rows.IsEmpty ? null : BuildNode(rows, sink.Put, threads);

    /// <summary>Writes what the change created.</summary>
    /// <param name="sink">Receives the files.</param>
    /// <param name="obsolete">Receives the names of files that only the trie before needs.</param>
    public void Write(IFileSink sink, ISet<string> obsolete)
    {
        foreach (var (file, bytes) in _created)
        {
            sink.Put(file, bytes);
        }

        _replaced.ExceptWith(_created.Keys);
        obsolete.UnionWith(_replaced);
    }

    /// <summary>The node that the trie has for a set of rows; what is written is a function of the set.</summary>
    private NodeRef BuildNode(ReadOnlyMemory<RowRef> rows, Action<string, byte[]> put, int threads)
    {
        if (rows.Length <= files.Layout.SegmentRows)
        {
            var bytes = Segment.Serialise(files.Layout, rows, tagKey);
            var segment = new NodeRef(true, rows.Length, Digests.Of(bytes), TagTree.OfRows(rows.Span, tagKey).Hash());
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

    private NodeRef? UpdateNode(in NodePlace place, ReadOnlySpan<RowChange> changes)
    {
        var node = place.Node;
        if (changes.IsEmpty)
        {
            return node;
        }

        if (node.IsSegment)
        {
            return Merge(node, changes);
        }

        // A key that leaves the path above this node's branch makes the trie branch higher: the node itself (with the changes
        // that stay on its path) moves below a new parent.
        var interior = files.OpenNode(place);
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
            _replaced.Add(node.File);
        }

        for (int start = 0, end; start < changes.Length; start = end)
        {
            var digit = changes[start].Key.Nibble(depth);
            for (end = start + 1; end < changes.Length && changes[end].Key.Nibble(depth) == digit; end++)
            {
            }

            // A node that moves below a new parent is opened as it was before: by its own prefix, which stays.
            var within = changes[start..end];
            children[digit] = children[digit] is not { } child ? Merge(null, within)
                : UpdateNode(splits ? place : new NodePlace(child, interior, digit), within);
        }

        return Join(new InteriorNode(interior.Prefix[..depth], children));
    }

    /// <summary>The canonical node for an interior node whose children have changed.</summary>
    private NodeRef? Join(InteriorNode node)
    {
        var children = node.Children.OfType<NodeRef>().ToArray();
        if (children.Length <= 1)
        {
            // Nodes carry their whole prefix, so an only child takes its parent's place unchanged.
            return children.Length == 0 ? null : children[0];
        }

        if (node.Count > files.Layout.SegmentRows)
        {
            return PutInterior(node, Put);
        }

        // With so few rows below, every child is a segment.
        var rows = children.SelectMany(files.RowsOf).ToArray();
        foreach (var child in children)
        {
            if (_created.Remove(child.File))
            {
                files.Release([child.File]);
            }
            else
            {
                _replaced.Add(child.File);
            }
        }

        return BuildCached(rows);
    }

    private NodeRef? Merge(NodeRef? segment, ReadOnlySpan<RowChange> changes)
    {
        var rows = new List<RowRef>();
        var next = 0;
        foreach (var row in segment is null ? [] : files.RowsOf(segment))
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
            _replaced.Add(segment.File);
        }

        return rows.Count == 0 ? null : BuildCached([.. rows]);

        void Insert(in RowChange change)
        {
            if (change.Row is { } row)
            {
                rows.Add(row);
            }
        }
    }

    // What an update creates is read again before it is on disk: by a merge one level up, and by the refits.
    private NodeRef BuildCached(RowRef[] rows) => BuildNode(rows, (file, bytes) =>
    {
        Put(file, bytes);
        if (file.EndsWith(".safetensors", StringComparison.Ordinal))
        {
            files.Keep(Path.GetFileNameWithoutExtension(file), Segment.Open(files.Layout, bytes, file, owner: null));
        }
    }, threads: 1);

    private NodeRef PutInterior(InteriorNode node, Action<string, byte[]> put)
    {
        var bytes = node.Serialise();
        var reference = new NodeRef(false, node.Count, Digests.Of(bytes), node.Tags);
        put(reference.File, bytes);
        files.Keep(reference.Digest, node);
        return reference;
    }

    private void Put(string file, byte[] bytes) => _created[file] = bytes;
}
