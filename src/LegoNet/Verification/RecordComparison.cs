using System.Collections.Concurrent;
using LegoNet.Common;
using LegoNet.Files;
using LegoNet.Records;
using LegoNet.Routing;
using LegoNet.Store;

namespace LegoNet.Verification;

/// <summary>Opens a model's record files, as many as can be read, and compares them with what their rows give.</summary>
/// <param name="store">The records.</param>
/// <param name="report">Receives what cannot be read.</param>
internal sealed class RecordComparison(RecordStore store, Action<LegoNetException> report)
{
    private readonly List<(NodeRef Node, Segment Segment)> _segments = [];
    private bool _ascending = true;

    /// <summary>Every node that is named by one that can be read.</summary>
    public List<NodeRef> Nodes { get; } = [];

    /// <summary>Whether every inner node can be read, so that <see cref="Nodes"/> are all there are.</summary>
    public bool InnerNodesWhole { get; private set; } = true;

    /// <summary>Whether every record can be read.</summary>
    public bool Whole { get; private set; } = true;

    /// <summary>All rows that can be read, in the order in which they are stored.</summary>
    public RowRef[] Rows { get; private set; } = [];

    /// <summary>Walks the trie and opens its segments; what cannot be read hides no more than what lies below it.</summary>
    public void Read()
    {
        Nodes.AddRange(store.Nodes(damaged: e =>
        {
            InnerNodesWhole = Whole = false;
            report(e);
        }));
        foreach (var node in Nodes.Where(n => n.IsSegment))
        {
            try
            {
                _segments.Add((node, store.OpenSegment(node)));
            }
            catch (LegoNetException e)
            {
                Whole = false;
                report(e);
            }
        }

        Rows = [.. _segments.SelectMany(s => RowsOf(s.Segment))];
    }

    /// <summary>Checks the rows' order and their routes.</summary>
    /// <param name="router">Says where a code belongs; null where the keys are lost, and then routes are not checked.</param>
    /// <param name="threads">Segments at a time.</param>
    /// <param name="differences">Receives what differs, one sentence each.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public void CheckRows(Router? router, int threads, List<string> differences, CancellationToken cancellationToken)
    {
        var bad = new ConcurrentBag<string>();
        for (var i = 1; i < Rows.Length; i++)
        {
            if (Rows[i - 1].Key.CompareTo(Rows[i].Key) >= 0)
            {
                _ascending = false;
                bad.Add($"{((Segment)Rows[i].Block).File}: a row is not in key order");
            }
        }

        InParallel.ForEach(router is null ? [] : _segments.Select(s => s.Segment), threads, segment =>
        {
            var routes = new ushort[segment.Routes.Length];
            router!.Route(segment.Codes, routes);
            var k = segment.Layout.Active;
            for (var row = 0; row < segment.Count; row++)
            {
                if (!segment.Route(row).SequenceEqual(routes.AsSpan(row * k, k)))
                {
                    bad.Add($"{segment.File}: a row's route is not what its code and the keys give");
                }
            }
        }, cancellationToken);
        foreach (var group in bad.GroupBy(b => b).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            differences.Add(group.Count() == 1 ? group.Key : $"{group.Key} ({group.Count()} times)");
        }
    }

    /// <summary>Compares the record files with those that the rows give: all of them, or each segment by itself where some cannot be read.</summary>
    /// <param name="threads">Parts of the trie built at a time.</param>
    /// <param name="differences">Receives what differs, one sentence each.</param>
    /// <param name="notCompared">Receives what was not compared, one sentence each.</param>
    /// <returns>The root that the rows give; null where that is not known, or where there are none.</returns>
    public NodeRef? CompareFiles(int threads, List<string> differences, List<string> notCompared)
    {
        if (!_ascending)
        {
            notCompared.Add("the record files with those that the records give: their rows are out of order");
            return null;
        }

        if (!Whole)
        {
            notCompared.Add("the inner record files with those that the records give: some records cannot be read");
            foreach (var (node, segment) in _segments)
            {
                if (store.Build(RowsOf(segment).ToArray(), new FileNames(), threads).Root != node)
                {
                    differences.Add($"{node.File}: is not the file that its rows give");
                }
            }

            return null;
        }

        var derived = new FileNames();
        var root = store.Build(Rows, derived, threads).Root;
        if (root != store.Root)
        {
            foreach (var node in Nodes.Where(n => !derived.Contains(n.File)))
            {
                differences.Add($"{node.File}: is not part of the trie that the stored records give");
            }
        }

        return root;
    }

    private static IEnumerable<RowRef> RowsOf(Segment segment) => Enumerable.Range(0, segment.Count).Select(row => new RowRef(segment, row));

    /// <summary>Of the files that the rows give, the names: they say the content.</summary>
    private sealed class FileNames : IFileSink
    {
        private readonly ConcurrentDictionary<string, bool> _names = new(StringComparer.Ordinal);

        public void Put(string name, byte[] bytes) => _names[name] = true;

        public bool Contains(string name) => _names.ContainsKey(name);
    }
}
