using LegoNet.Data.Json;

namespace LegoNet.Encoders.Tabular;

/// <summary>
/// A number cut at declared edges e₁ &lt; … &lt; eₘ into m + 1 bins (a number equal to an edge lies above it), coded as
/// "onehot" (m + 1 codes), "thermometer" (m codes, the amplitude for every edge reached) or "ordinal" (one code, from
/// −amplitude in the lowest bin to amplitude in the highest).
/// </summary>
internal sealed class TabularBins : TabularDiscrete
{
    private readonly double[] _edges;
    private readonly string _coding;
    private readonly bool _missingIsZero;

    private TabularBins(string name, double[] edges, string coding, int amplitude, bool missingIsZero)
        : base(name, amplitude) => (_edges, _coding, _missingIsZero) = (edges, coding, missingIsZero);

    /// <summary>The edges, increasing.</summary>
    internal IReadOnlyList<double> Edges => _edges;

    /// <summary>"onehot", "thermometer" or "ordinal".</summary>
    internal string Coding => _coding;

    /// <summary>Whether a missing value encodes to zeros.</summary>
    internal bool MissingIsZero => _missingIsZero;

    internal override int Levels => _edges.Length + 1;

    internal override int Width => _coding switch { "onehot" => Levels, "thermometer" => _edges.Length, _ => 1 };

    internal override string CanonicalJson
        => $"{{\"amplitude\":{DeclarationJson.Number(Amplitude)},\"coding\":\"{_coding}\","
            + $"\"edges\":[{string.Join(',', _edges.Select(DeclarationJson.Number))}],"
            + $"\"missing\":{ErrorOrZero(_missingIsZero)},\"name\":{DeclarationJson.String(Inputs[0])}}}";

    internal static TabularBins Read(StrictJson spec)
    {
        var name = ReadName(spec);
        double[] edges = [.. spec.OptionalNumbers("edges")!];
        if (edges.Length == 0)
        {
            throw spec.Error("edges", "must not be empty");
        }

        for (var i = 1; i < edges.Length; i++)
        {
            if (!(edges[i] > edges[i - 1]))
            {
                throw spec.Error("edges", "must increase");
            }
        }

        var coding = spec.Choice("coding", "onehot", "onehot", "thermometer", "ordinal");
        return new TabularBins(name, edges, coding, ReadAmplitude(spec, coding == "ordinal" ? 127 : 64), ReadZero(spec, "missing"));
    }

    internal override int Level(string field, HashSet<string> missingMarks, string origin)
    {
        if (missingMarks.Contains(field))
        {
            return _missingIsZero ? -1 : throw Missing(origin, Inputs[0]);
        }

        var value = TabularNumeric.ParseNumber(field, origin, Inputs[0]);
        var level = 0;
        while (level < _edges.Length && value >= _edges[level])
        {
            level++;
        }

        return level;
    }

    internal override void Encode(ReadOnlySpan<string> fields, HashSet<string> missingMarks, string origin, Span<sbyte> codes)
    {
        var level = Level(fields[0], missingMarks, origin);
        if (level < 0)
        {
            return;
        }

        switch (_coding)
        {
            case "onehot":
                codes[level] = (sbyte)Amplitude;
                break;
            case "thermometer":
                codes[..level].Fill((sbyte)Amplitude);
                break;
            default:
                codes[0] = OrdinalCode(level);
                break;
        }
    }

    /// <summary>The only code of a level where the coding is "ordinal".</summary>
    internal sbyte OrdinalCode(int level) => (sbyte)Math.Round(Amplitude * ((2.0 * level / _edges.Length) - 1.0));
}
