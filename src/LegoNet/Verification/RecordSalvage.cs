using LegoNet.Data.Files;
using LegoNet.Files;
using LegoNet.Records;
using LegoNet.Store;

namespace LegoNet.Verification;

/// <summary>
/// What is left of a store whose files are damaged. Files are found by their content, whatever they are called; what the tree of
/// digests still names is taken for sure. Below an inner node that is lost, the files that fit its place are taken for sure when
/// they give back the lost node's very digest, and otherwise only as far as the caller allows.
/// </summary>
internal sealed class RecordSalvage : IDisposable
{
    private readonly RowLayout _layout;
    private readonly TagKey _tagKey;
    private readonly IFileLayer _layer;
    private readonly Dictionary<string, string> _pathByDigest = new(StringComparer.Ordinal);
    private readonly HashSet<string> _reached = new(StringComparer.Ordinal);
    private readonly SortedDictionary<RecordKey, RowRef> _rows = [];
    private readonly SortedDictionary<RecordKey, RowRef> _uncertain = [];
    private readonly List<LostNode> _lost = [];
    private readonly List<IDisposable> _views = [];
    private List<RowRef>? _unnamed;

    public RecordSalvage(RowLayout layout, TagKey tagKey, ModelPaths paths, IFileLayer layer)
    {
        (_layout, _tagKey, _layer) = (layout, tagKey, layer);
        var folder = paths.File("records");
        foreach (var file in layer.DirectoryExists(folder) ? ModelTree.Files(folder, layer) : [])
        {
            if (layer.TryReadAllBytes(file) is { } bytes)
            {
                _pathByDigest[Digests.Of(bytes)] = file;
            }
        }
    }

    /// <summary>What was taken, in key order.</summary>
    public RowRef[] Rows => [.. _rows.Values.Concat(_uncertain.Values).OrderBy(row => row.Key)];

    /// <summary>Whether anything was taken that nothing but its own file vouches for.</summary>
    public bool HasUncertain => _uncertain.Count > 0;

    /// <summary>What was named and is nowhere, one sentence each.</summary>
    public IReadOnlyList<string> Lost => [.. _lost.Where(l => l.Missing > 0).Select(l =>
        $"{l.Node!.File}: is lost, and with it {l.Missing} of the {l.Node.Count} records that belong there; nothing else holds them.")];

    /// <summary>Records that are named and nowhere.</summary>
    public long RecordsLost => _lost.Sum(l => l.Missing);

    /// <summary>Takes what a root names.</summary>
    /// <param name="root">The trie's root; null for an empty store.</param>
    public void Take(NodeRef? root)
    {
        if (root is not null)
        {
            Resolve(root, null, 0);
        }
    }

    /// <summary>For when not even the root is known: everything is looked for.</summary>
    public void TakeUnknown() => _lost.Add(new LostNode(null, ""));

    /// <summary>Takes rows that fit below lost inner nodes. What an earlier call took without being certain is dropped first.</summary>
    /// <param name="mayTake">Decides of a row that nothing else vouches for whether it may be taken.</param>
    public void Fill(Func<RowRef, bool> mayTake)
    {
        _uncertain.Clear();
        foreach (var lost in _lost.Where(l => l.IsFillable))
        {
            RowRef[] fitting = [.. Distinct(Unnamed().Where(row => lost.IsPlaceOf(row.Key) && !_rows.ContainsKey(row.Key)))];
            var certain = lost.Node is not null && fitting.Length > 0 && Derive(fitting)!.Digest == lost.Node.Digest;

            // More than there were cannot all have been the model's, and which ones were is not known.
            RowRef[] taken = certain ? fitting
                : lost.Node is not null && fitting.Length > lost.Node.Count ? []
                : [.. fitting.Where(mayTake)];
            foreach (var row in taken)
            {
                (certain ? _rows : _uncertain).Add(row.Key, row);
            }

            lost.Missing = (lost.Node?.Count ?? taken.Length) - taken.Length;
            lost.IsFillable &= !certain;
        }
    }

    public void Dispose()
    {
        foreach (var view in _views)
        {
            view.Dispose();
        }
    }

    private void Resolve(NodeRef node, InteriorNode? parent, int digit)
    {
        try
        {
            if (!_pathByDigest.TryGetValue(node.Digest, out var path))
            {
                throw LegoNetException.Damaged($"{node.File}: is missing.");
            }

            if (node.IsSegment)
            {
                var segment = Open(path, node.File);
                if (segment.Count != node.Count)
                {
                    throw LegoNetException.Damaged($"{node.File}: holds another number of rows.");
                }

                RowRef[] rows = [.. Enumerable.Range(0, segment.Count).Select(row => new RowRef(segment, row))];
                if (rows.Any(row => _rows.ContainsKey(row.Key)) || rows.DistinctBy(row => row.Key).Count() != rows.Length)
                {
                    throw LegoNetException.Damaged($"{node.File}: a record is stored twice.");
                }

                foreach (var row in rows)
                {
                    _rows.Add(row.Key, row);
                }

                _reached.Add(node.Digest);
                return;
            }

            var interior = InteriorNode.Parse(_layer.ReadAllBytes(path), node.File);
            if (interior.Count != node.Count || (parent is not null && !interior.IsBelow(parent, digit)))
            {
                throw LegoNetException.Damaged($"{node.File}: does not belong there.");
            }

            _reached.Add(node.Digest);
            for (var i = 0; i < interior.Children.Length; i++)
            {
                if (interior.Children[i] is { } child)
                {
                    Resolve(child, interior, i);
                }
            }
        }
        catch (LegoNetException e) when (e.Error == LegoNetError.Damaged)
        {
            // What the root is called stands in the manifest alone, which may be the very file that is damaged. A lost segment
            // below a node that is whole is lost for good: nothing else has its digest.
            _lost.Add(new LostNode(node, parent is null ? "" : parent.Prefix + digit.ToString("x"))
            {
                Missing = node.Count,
                IsFillable = !node.IsSegment || parent is null,
            });
        }
    }

    private NodeRef? Derive(RowRef[] rows)
    {
        using var store = new RecordStore(_layout, null, NoFiles.Instance, _tagKey);
        return store.Build(rows, NoFiles.Instance, threads: 1).Root;
    }

    // Rows of whole segments that no known node names.
    private List<RowRef> Unnamed()
    {
        if (_unnamed is not null)
        {
            return _unnamed;
        }

        _unnamed = [];
        foreach (var (digest, path) in _pathByDigest)
        {
            // A segment is called by its digest. What is called otherwise was never written by a commit, unless the tree names it.
            if (!_reached.Contains(digest) && Path.GetFileName(path) == digest + ".safetensors")
            {
                try
                {
                    var segment = Open(path, digest);
                    _unnamed.AddRange(Enumerable.Range(0, segment.Count).Select(row => new RowRef(segment, row)));
                }
                catch (LegoNetException e) when (e.Error == LegoNetError.Damaged)
                {
                    // No segment of this model.
                }
            }
        }

        return _unnamed;
    }

    // One row for each key. Rows of one key that differ are two states of a record, and which one is the later cannot be told.
    private static IEnumerable<RowRef> Distinct(IEnumerable<RowRef> rows)
        => rows.GroupBy(row => row.Key).Where(g => g.Skip(1).All(row => row.SameContent(g.First()))).Select(g => g.First()).OrderBy(row => row.Key);

    private Segment Open(string path, string name)
    {
        FileView view;
        try
        {
            view = _layer.OpenView(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw LegoNetException.Damaged($"{name}: cannot be read ({LegoNetException.Cause(e)}).", e);
        }

        _views.Add(view);
        return Segment.Open(_layout, view.Memory, name, null);
    }

    private sealed class LostNode(NodeRef? node, string prefix)
    {
        /// <summary>How its parent names it; null where that is not known either.</summary>
        public NodeRef? Node { get; } = node;

        public long Missing { get; set; }

        public bool IsFillable { get; set; } = true;

        public bool IsPlaceOf(in RecordKey key) => key.Prefix(prefix.Length) == prefix;
    }

    /// <summary>For deriving a trie's digests without its files.</summary>
    private sealed class NoFiles : IFileReader, IFileSink
    {
        public static NoFiles Instance { get; } = new();

        public FileView View(string name, string digest) => throw new NotSupportedException();

        public void Put(string name, byte[] bytes)
        {
        }
    }
}
