using System.Collections.Concurrent;
using LegoNet.Files;

namespace LegoNet.Records;

/// <summary>The files of a trie as far as they are open: its segments, and its interior nodes. Stores that change into each other share it.</summary>
/// <param name="layout">How a row is laid out.</param>
/// <param name="reader">Reads files.</param>
internal sealed class TrieFiles(RowLayout layout, IFileReader reader) : IDisposable
{
    private readonly ConcurrentDictionary<string, Segment> _segments = new();
    private readonly ConcurrentDictionary<string, InteriorNode> _nodes = new();

    /// <summary>How a row is laid out.</summary>
    public RowLayout Layout => layout;

    /// <summary>A segment.</summary>
    /// <exception cref="LegoNetException">It is missing, altered, or no segment of this layout.</exception>
    public Segment OpenSegment(NodeRef node)
    {
        if (_segments.TryGetValue(node.Digest, out var segment))
        {
            return segment;
        }

        var view = reader.View(node.File, node.Digest);
        try
        {
            segment = Segment.Open(layout, view.Memory, node.File, view);
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

    /// <summary>
    /// An interior node. A digest says that it is the one its parent names, not that it belongs there. Prefixes that grow on the way down keep a
    /// made-up trie from being deeper than a key, or from naming one node at several places, which could multiply without bound.
    /// </summary>
    /// <exception cref="LegoNetException">It is missing, altered, or does not belong there.</exception>
    public InteriorNode OpenNode(in NodePlace place)
    {
        var node = place.Node;
        var interior = _nodes.GetOrAdd(node.Digest, _ =>
        {
            using IDisposable view = reader.View(node.File, node.Digest);
            return InteriorNode.Parse(((FileView)view).Memory, node.File);
        });
        return interior.Count == node.Count && interior.Tags == node.Tags && (place.Parent is null || interior.IsBelow(place.Parent, place.Digit))
            ? interior
            : throw LegoNetException.Damaged($"{node.File}: does not belong where its parent names it.");
    }

    /// <summary>The rows of a segment.</summary>
    public IEnumerable<RowRef> RowsOf(NodeRef node)
    {
        var segment = OpenSegment(node);
        for (var row = 0; row < segment.Count; row++)
        {
            yield return new RowRef(segment, row);
        }
    }

    /// <summary>Keeps a segment open that is not on the disk yet.</summary>
    public void Keep(string digest, Segment segment) => _segments[digest] = segment;

    /// <summary>Keeps an interior node open that is not on the disk yet.</summary>
    public void Keep(string digest, InteriorNode node) => _nodes[digest] = node;

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
}
