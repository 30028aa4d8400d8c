using System.Security.Cryptography;
using System.Text;
using LegoNet.Data;
using LegoNet.Data.Json;
using LegoNet.Specs;

namespace LegoNet.Encoders.Tabular;

/// <summary>
/// Encodes table rows by declared columns alone: ranges of numbers, bins and lists of categories stand in the spec, so nothing
/// is learned from any row.
/// </summary>
/// <remarks>
/// <para>Read with <see cref="FromSpec"/> from <c>{"type":"tabular","columns":[…],"missingMarks":["","?"]}</c>. Each entry of
/// <c>columns</c> is one of:</para>
/// <list type="bullet">
/// <item><c>{"name","min","max"}</c>: a number, linear from −amplitude at min to amplitude at max, clamped beyond; one code, amplitude 127.</item>
/// <item><c>{"name","edges":[…]}</c>: a number in bins, with <c>coding</c> "onehot" (default, amplitude 64), "thermometer" (64) or "ordinal" (127).</item>
/// <item><c>{"name","categories":[…]}</c>: one code per category, amplitude 64; <c>"unknown":"zero"</c> makes an undeclared category zeros
/// instead of an error.</item>
/// <item><c>{"cross":[a,b]}</c>: one code per pair of levels of two earlier entries with categories or edges, amplitude 64.</item>
/// </list>
/// <para>All but crosses accept <c>"missing":"zero"</c>; otherwise a field that is a missing mark is an error. A mark listed among a
/// column's categories is a category there. <c>amplitude</c> (1 to 127) may stand in every entry. A source column may be named by
/// several entries, and columns that no entry names are ignored. The code is the entries' codes, in the order of the list.</para>
/// </remarks>
public sealed class TabularEncoder : ICodeEncoder, IClampingEncoder
{
    private readonly TabularColumn[] _columns;
    private readonly string[] _inputs;
    private readonly HashSet<string> _missingMarks;

    private TabularEncoder(TabularColumn[] columns, IReadOnlyList<string> missingMarks)
    {
        _columns = columns;
        _inputs = [.. columns.SelectMany(c => c.Inputs)];
        _missingMarks = new HashSet<string>(missingMarks, StringComparer.Ordinal);
        Dimension = columns.Sum(c => c.Width);
        var marks = _missingMarks.Order(StringComparer.Ordinal).Select(DeclarationJson.String);
        var declared = string.Join(',', columns.Select(c => c.CanonicalJson));
        CanonicalJson = $"{{\"columns\":[{declared}],\"missingMarks\":[{string.Join(',', marks)}],\"type\":\"tabular\"}}";
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(CanonicalJson)));
        Fingerprint = new EncoderFingerprint(digest, "legonet-tabular 1", "cpu", "integer", 1, 1);
    }

    /// <summary>The declaration as stored in a spec: canonical JSON, which <see cref="FromSpec"/> reads again.</summary>
    public string CanonicalJson { get; }

    /// <summary>The columns, in the order of their codes.</summary>
    internal IReadOnlyList<TabularColumn> Columns => _columns;

    /// <summary>The fields that mean "no value".</summary>
    internal IReadOnlySet<string> MissingMarks => _missingMarks;

    /// <inheritdoc/>
    public int Dimension { get; }

    /// <inheritdoc/>
    public EncoderFingerprint Fingerprint { get; }

    /// <inheritdoc/>
    public int BatchSize => 256;

    long IClampingEncoder.Clamped => _columns.OfType<TabularNumeric>().Sum(column => column.Clamped);

    /// <summary>Creates the encoder that a spec's encoder object declares.</summary>
    /// <exception cref="LegoNetException">A member is missing, unknown, of the wrong type or out of range, or the code would be longer than 65,535.</exception>
    public static TabularEncoder FromSpec(StrictJson encoder)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        encoder.Choice("type", null, "tabular");
        var columns = new List<TabularColumn>();
        var dimension = 0L;
        foreach (var entry in encoder.OptionalObjects("columns") ?? throw encoder.Error("columns", "is missing"))
        {
            var column = TabularColumn.FromSpec(entry, columns);
            columns.Add(column);
            dimension += column.Width;
        }

        if (dimension is 0 or > ModelSpec.MaxDimension)
        {
            throw encoder.Error("columns", $"must make 1 to {ModelSpec.MaxDimension} codes, not {dimension}");
        }

        var marks = encoder.OptionalStrings("missingMarks") ?? ["", "?"];
        encoder.Finish();
        return new TabularEncoder([.. columns], marks);
    }

    /// <inheritdoc/>
    public void Encode(IReadOnlyList<SourceRecord> records, Span<sbyte> codes)
    {
        ArgumentNullException.ThrowIfNull(records);
        if (codes.Length != (long)records.Count * Dimension)
        {
            throw new ArgumentException("The code buffer must hold exactly records × dimension values.", nameof(codes));
        }

        codes.Clear();
        var reader = new RowReader("tabular", _inputs);
        var fields = new string[2];
        for (var i = 0; i < records.Count; i++)
        {
            reader.Read(records[i]);
            var code = codes.Slice(i * Dimension, Dimension);
            var place = 0;
            foreach (var column in _columns)
            {
                for (var input = 0; input < column.Inputs.Length; input++)
                {
                    fields[input] = reader[place++];
                }

                column.Encode(fields.AsSpan(0, column.Inputs.Length), _missingMarks, records[i].Origin, code[..column.Width]);
                code = code[column.Width..];
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing is held.
    }
}
