using System.Runtime.InteropServices;
using System.Text;
using LegoNet.Data.Formats;
using LegoNet.Data.Json;
using LegoNet.Specs;

namespace LegoNet.Records;

/// <summary>
/// A leaf of the record trie: up to <see cref="RowLayout.SegmentRows"/> rows in key order as one safetensors file. Its bytes are a
/// function of its rows and the tag key.
/// </summary>
internal sealed class Segment : RowBlock, IDisposable
{
    private static readonly JsonRules s_fingerprints = new(
        Closed: true,
        LegoNetError.Damaged,
        problem => $"its list of encoder fingerprints is malformed ({problem}).");

    private readonly IDisposable? _owner;
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly EncoderFingerprint[] _fingerprints;
    private readonly int _labels;
    private readonly int _routes;
    private readonly int _fingerprintRows;
    private readonly int _codes;
    private readonly int _subjects;
    private readonly int _ids;

    private Segment(RowLayout layout, ReadOnlyMemory<byte> bytes, SafetensorsHeader header, int count, EncoderFingerprint[] fingerprints, IDisposable? owner)
        : base(layout)
    {
        File = header.File;
        _bytes = bytes;
        _fingerprints = fingerprints;
        _owner = owner;
        Count = count;
        _labels = Offset("labels");
        _routes = Offset("routes");
        _fingerprintRows = Offset("fingerprints");
        _codes = Offset("codes");
        _subjects = Offset("subjects");
        _ids = Offset("ids");

        int Offset(string name) => header.TryGet(name, out var info) ? (int)info.Offset : 0;
    }

    /// <summary>The segment's file, relative to the model directory.</summary>
    public string File { get; }

    public override int Count { get; }

    /// <summary>Serialises rows, which must be in key order.</summary>
    public static byte[] Serialise(RowLayout layout, ReadOnlyMemory<RowRef> rows, TagKey tagKey)
    {
        // Rows mostly share one fingerprint, and even the same object.
        var table = new SortedDictionary<string, EncoderFingerprint>(StringComparer.Ordinal);
        var last = default(EncoderFingerprint);
        foreach (var row in rows.Span)
        {
            if (!ReferenceEquals(row.Fingerprint, last))
            {
                last = row.Fingerprint;
                table.TryAdd(FingerprintJson(last), last);
            }
        }

        var texts = table.Keys.ToArray();
        var writer = new SafetensorsWriter();
        writer.AddMetadata("fingerprints", "[" + string.Join(",", texts) + "]");
        writer.AddMetadata("salt", tagKey.SegmentSalt(rows.Span[0].Key));
        writer.Add<int>("labels", place => WriteLabels(rows.Span, layout, place), rows.Length, layout.LabelWidth);
        writer.Add<ushort>("routes", place => WriteRoutes(rows.Span, layout, place), rows.Length, layout.Active);
        writer.Add<ushort>("fingerprints", place => WriteFingerprints(rows.Span, texts, place), rows.Length);
        writer.Add<sbyte>("codes", place => WriteCodes(rows.Span, layout, place), rows.Length, layout.Dimension);
        writer.Add<byte>("subjects", place => WriteSubjects(rows.Span, place), rows.Length, RecordKey.TagBytes);
        writer.Add<byte>("ids", place => WriteIds(rows.Span, place), rows.Length, RecordKey.TagBytes);
        return writer.ToArray();
    }

    /// <summary>Opens a segment whose bytes already match their digest.</summary>
    /// <exception cref="LegoNetException">The file is not a segment of this layout.</exception>
    public static Segment Open(RowLayout layout, ReadOnlyMemory<byte> bytes, string file, IDisposable? owner)
    {
        var parsed = SafetensorsFile.Parse(bytes, file, LegoNetError.Damaged);
        if (!parsed.Header.TryGet("subjects", out var subjects) || subjects.Shape.Count != 2 || subjects.Shape[0] is < 1 or > int.MaxValue)
        {
            throw LegoNetException.Damaged($"{file}: not a record segment.");
        }

        var count = (int)subjects.Shape[0];
        parsed.Get<byte>("subjects", count, RecordKey.TagBytes);
        parsed.Get<byte>("ids", count, RecordKey.TagBytes);
        CheckRows(layout, parsed.Get<int>("labels", count, layout.LabelWidth), parsed.Get<ushort>("routes", count, layout.Active), file);
        if (parsed.Get<sbyte>("codes", count, layout.Dimension).Contains(sbyte.MinValue))
        {
            throw LegoNetException.Damaged($"{file}: a code holds −128, which is outside −127…127.");
        }

        var table = ReadFingerprints(parsed.Header.Metadata.GetValueOrDefault("fingerprints", ""), file);
        foreach (var index in parsed.Get<ushort>("fingerprints", count))
        {
            if (index >= table.Length)
            {
                throw LegoNetException.Damaged($"{file}: a row names a fingerprint that is not listed.");
            }
        }

        return new Segment(layout, bytes, parsed.Header, count, table, owner);
    }

    public override ReadOnlySpan<int> Labels => Columns<int>(_labels, 0, Count * Layout.LabelWidth);

    public override ReadOnlySpan<sbyte> Codes => Columns<sbyte>(_codes, 0, Count * Layout.Dimension);

    /// <summary>All routes, row-major [rows, k].</summary>
    public ReadOnlySpan<ushort> Routes => Columns<ushort>(_routes, 0, Count * Layout.Active);

    public override RecordKey Key(int row)
        => new(Columns<byte>(_subjects, row, RecordKey.TagBytes), Columns<byte>(_ids, row, RecordKey.TagBytes));

    public override ReadOnlySpan<ushort> Route(int row) => Columns<ushort>(_routes, row, Layout.Active);

    public override EncoderFingerprint Fingerprint(int row) => _fingerprints[Columns<ushort>(_fingerprintRows, row, 1)[0]];

    public void Dispose() => _owner?.Dispose();

    private static void WriteLabels(ReadOnlySpan<RowRef> rows, RowLayout layout, Span<int> place)
    {
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i].Label.CopyTo(place[(i * layout.LabelWidth)..]);
        }
    }

    private static void WriteRoutes(ReadOnlySpan<RowRef> rows, RowLayout layout, Span<ushort> place)
    {
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i].Route.CopyTo(place[(i * layout.Active)..]);
        }
    }

    private static void WriteFingerprints(ReadOnlySpan<RowRef> rows, string[] texts, Span<ushort> place)
    {
        for (var i = 0; texts.Length > 1 && i < rows.Length; i++)
        {
            place[i] = (ushort)Array.BinarySearch(texts, FingerprintJson(rows[i].Fingerprint), StringComparer.Ordinal);
        }
    }

    private static void WriteCodes(ReadOnlySpan<RowRef> rows, RowLayout layout, Span<sbyte> place)
    {
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i].Code.CopyTo(place[(i * layout.Dimension)..]);
        }
    }

    private static void WriteSubjects(ReadOnlySpan<RowRef> rows, Span<byte> place)
    {
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i].Key.WriteSubjectTag(place[(i * RecordKey.TagBytes)..]);
        }
    }

    private static void WriteIds(ReadOnlySpan<RowRef> rows, Span<byte> place)
    {
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i].Key.WriteRecordTag(place[(i * RecordKey.TagBytes)..]);
        }
    }

    // Labels and routes index arrays further on, so what a file says is checked once, here.
    private static void CheckRows(RowLayout layout, ReadOnlySpan<int> labels, ReadOnlySpan<ushort> routes, string file)
    {
        for (; layout.Labels is not null && !labels.IsEmpty; labels = labels[layout.LabelWidth..])
        {
            if (!layout.Labels.IsValid(labels[..layout.LabelWidth]))
            {
                throw LegoNetException.Damaged($"{file}: a row has a label outside of what the spec declares.");
            }
        }

        for (; !routes.IsEmpty; routes = routes[layout.Active..])
        {
            var before = -1;
            foreach (var adapter in routes[..layout.Active])
            {
                if (adapter <= before || adapter >= layout.Adapters)
                {
                    throw LegoNetException.Damaged($"{file}: a row's route is not of ascending adapter numbers.");
                }

                before = adapter;
            }
        }
    }

    private unsafe ReadOnlySpan<T> Columns<T>(int offset, int row, int width)
        where T : unmanaged
        => MemoryMarshal.Cast<byte, T>(_bytes.Span.Slice(offset + (row * width * sizeof(T)), width * sizeof(T)));

    private static string FingerprintJson(EncoderFingerprint fingerprint)
        => Encoding.UTF8.GetString(CanonicalJson.Write(fingerprint.WriteTo));

    private static EncoderFingerprint[] ReadFingerprints(string json, string file)
    {
        var root = StrictJson.Parse($"{{\"fingerprints\":{json}}}", file, s_fingerprints);
        EncoderFingerprint[] read = [.. root.Objects("fingerprints").Select(EncoderFingerprint.Read)];
        root.Finish();
        return read;
    }
}
