using LegoNet.Routing;
using LegoNet.Specs;

namespace LegoNet.Records;

/// <summary>Rows in memory, on their way into the store.</summary>
internal sealed class MemoryRows(RowLayout layout, int capacity) : RowBlock(layout)
{
    private readonly RecordKey[] _keys = new RecordKey[capacity];
    private readonly int[] _labels = new int[capacity * layout.LabelWidth];
    private readonly sbyte[] _codes = new sbyte[capacity * layout.Dimension];
    private ushort[] _routes = new ushort[capacity * layout.Active];
    private int _active = layout.Active;
    private readonly EncoderFingerprint[] _fingerprints = new EncoderFingerprint[capacity];
    private readonly string[] _origins = new string[capacity];
    private int _count;

    public override int Count => _count;

    public bool IsFull => _count == _keys.Length;

    public override ReadOnlySpan<int> Labels => _labels.AsSpan(0, _count * Layout.LabelWidth);

    public override ReadOnlySpan<sbyte> Codes => _codes.AsSpan(0, _count * Layout.Dimension);

    /// <summary>All routes so far, [Count, k], to be filled by the router.</summary>
    public Span<ushort> Routes => _routes.AsSpan(0, _count * _active);

    /// <summary>Where a row in memory came from, for error messages.</summary>
    public static string OriginOf(in RowRef row) => ((MemoryRows)row.Block)._origins[row.Row];

    public RowRef Add(in RecordKey key, ReadOnlySpan<int> label, ReadOnlySpan<sbyte> code, EncoderFingerprint fingerprint, string origin = "")
    {
        _keys[_count] = key;
        label.CopyTo(_labels.AsSpan(_count * Layout.LabelWidth, Layout.LabelWidth));
        code.CopyTo(_codes.AsSpan(_count * Layout.Dimension, Layout.Dimension));
        _fingerprints[_count] = fingerprint;
        _origins[_count] = origin;
        return new RowRef(this, _count++);
    }

    /// <summary>Finds every row's route, of the router's length: how many adapters there are may be decided when all rows are known.</summary>
    public void Route(Router router)
    {
        if (_active != router.RouteLength)
        {
            _active = router.RouteLength;
            _routes = new ushort[_keys.Length * _active];
        }

        router.Route(Codes, Routes);
    }

    public override RecordKey Key(int row) => _keys[row];

    public override ReadOnlySpan<ushort> Route(int row) => _routes.AsSpan(row * _active, _active);

    public override EncoderFingerprint Fingerprint(int row) => _fingerprints[row];
}
