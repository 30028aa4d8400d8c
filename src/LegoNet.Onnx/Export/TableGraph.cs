using System.Globalization;
using LegoNet.Encoders.Tabular;
using LegoNet.Onnx.Graphs;

namespace LegoNet.Onnx.Export;

/// <summary>
/// Writes a <see cref="TabularEncoder"/> as an ONNX graph that gives its codes, divided by 127, to the last bit. Every column becomes a level: the
/// number of places that a number has reached, or the number of a category. Every code is a function of one level.
/// </summary>
/// <remarks>
/// A float32 stands for the shortest decimal number that reads back as it, as it does in a file, so each place is the least float32 whose
/// decimal reaches it. What the encoder refuses makes the graph fail, in a node whose name says why.
/// </remarks>
internal sealed class TableGraph
{
    /// <summary>The input of float32 numbers, [1, columns].</summary>
    public const string Singles = "LegoNet.Table.Singles";

    /// <summary>The input of float64 numbers, [1, columns].</summary>
    public const string Doubles = "LegoNet.Table.Doubles";

    /// <summary>The input of texts, [1, columns].</summary>
    public const string Texts = "LegoNet.Table.Texts";

    private const long Opset = 15;
    private const long Missing = -1;
    private const long Refused = -2;
    private const string Refusal = "a_column_is_missing_a_value_or_holds_a_category_that_is_not_declared";

    private readonly OnnxModelBuilder _builder = new("table", Opset);
    private readonly TabularEncoder _encoder;
    private readonly Dictionary<TabularColumn, int> _places = [];
    private readonly List<string> _levels = [];

    private TableGraph(TabularEncoder encoder) => _encoder = encoder;

    /// <summary>Writes the graph.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="singles">The columns with ranges or edges that come in as float32.</param>
    /// <param name="doubles">Those that come in as float64.</param>
    /// <param name="texts">The columns with categories.</param>
    /// <param name="output">The output's name: float32 [d] of code / 127.</param>
    public static byte[] Write(TabularEncoder encoder, IReadOnlyList<string> singles, IReadOnlyList<string> doubles, IReadOnlyList<string> texts, string output)
    {
        var graph = new TableGraph(encoder);
        graph._builder.Opset(TreeGraph.MachineLearningDomain, 2);
        graph.Numbers(OnnxType.Float, Singles, [.. singles]);
        graph.Numbers(OnnxType.Double, Doubles, [.. doubles]);
        graph.Categories([.. texts]);
        graph.Codes(graph.Crosses(), output);
        return graph._builder.ToArray();
    }

    private void Numbers(OnnxType type, string input, string[] names)
    {
        TabularColumn[] columns = [.. _encoder.Columns.Where(column => column is TabularNumeric or TabularBins && names.Contains(column.Inputs[0]))];
        if (columns.Length == 0)
        {
            return;
        }

        _builder.Input(input, type, 1, names.Length);
        var places = columns.Select(column => (long)Array.IndexOf(names, column.Inputs[0])).ToArray();
        var flat = _builder.Node("Reshape", input + "_flat", [input, Whole(input + "_any", -1)]);
        var numbers = _builder.Node("Gather", input + "_of_columns", [flat, Whole(input + "_places", places)]);
        var rows = _builder.Node("Reshape", input + "_rows", [numbers, Whole(input + "_rows_shape", columns.Length, 1)]);
        var reached = _builder.Node("GreaterOrEqual", input + "_reached", [rows, Thresholds(type, input, columns)]);
        var counted = _builder.Node("Cast", input + "_counted", [reached], [OnnxModelBuilder.Attribute("to", (long)OnnxType.Int64)]);
        var level = _builder.Node("ReduceSum", input + "_level", [counted, Whole(input + "_axis", 1)], [OnnxModelBuilder.Attribute("keepdims", 0)]);
        var missing = columns.Select(column => Zero(column is TabularBins bins ? bins.MissingIsZero : ((TabularNumeric)column).MissingIsZero)).ToArray();
        var isMissing = _builder.Node("IsNaN", input + "_is_missing", [numbers]);
        var known = _builder.Node("Where", input + "_known", [isMissing, Whole(input + "_missing", missing), level]);
        var isInfinite = _builder.Node("IsInf", input + "_is_infinite", [numbers]);
        _levels.Add(_builder.Node("Where", input + "_levels", [isInfinite, Whole(input + "_refused", Refused), known]));
        Array.ForEach(columns, column => _places.Add(column, _places.Count));
    }

    private string Thresholds(OnnxType type, string input, TabularColumn[] columns)
    {
        var count = columns.Max(column => column is TabularBins bins ? bins.Edges.Count : 2 * column.Amplitude);
        var singles = new float[columns.Length * count];
        var doubles = new double[columns.Length * count];
        Array.Fill(singles, float.PositiveInfinity);
        Array.Fill(doubles, double.PositiveInfinity);
        for (var i = 0; i < columns.Length; i++)
        {
            var own = columns[i] is TabularBins bins ? bins.Edges.Count : 2 * columns[i].Amplitude;
            for (var level = 0; level < own; level++)
            {
                Func<double, bool> reached = columns[i] switch
                {
                    TabularBins b => value => value >= b.Edges[level],
                    TabularNumeric n => value => n.Code(value) > level - n.Amplitude,
                    _ => throw new InvalidOperationException("A column of numbers is a range or has edges."),
                };
                if (type == OnnxType.Float)
                {
                    singles[(i * count) + level] = LeastSingle(reached);
                }
                else
                {
                    doubles[(i * count) + level] = LeastDouble(reached);
                }
            }
        }

        return type == OnnxType.Float
            ? _builder.Constant(input + "_thresholds", [columns.Length, count], singles)
            : _builder.Constant(input + "_thresholds", [columns.Length, count], doubles);
    }

    private void Categories(string[] names)
    {
        var columns = _encoder.Columns.OfType<TabularCategories>().ToArray();
        if (columns.Length == 0)
        {
            return;
        }

        _builder.Input(Texts, OnnxType.String, 1, names.Length);
        var flat = _builder.Node("Reshape", Texts + "_flat", [Texts, Whole(Texts + "_any", -1)]);
        for (var i = 0; i < columns.Length; i++)
        {
            // A mark that is declared as a category is a category.
            var column = columns[i];
            string[] marks = [.. _encoder.MissingMarks.Except(column.Categories, StringComparer.Ordinal).Order(StringComparer.Ordinal)];
            var text = _builder.Node("Gather", $"text_{i}", [flat, Whole($"text_place_{i}", Array.IndexOf(names, column.Inputs[0]))]);
            _levels.Add(_builder.Node(
                "LabelEncoder",
                $"text_level_{i}",
                [text],
                [
                    OnnxModelBuilder.Attribute("keys_strings", column.Categories.Concat(marks)),
                    OnnxModelBuilder.Attribute(
                        "values_int64s", Enumerable.Range(0, column.Levels).Select(level => (long)level).Concat(marks.Select(_ => Zero(column.MissingIsZero)))),
                    OnnxModelBuilder.Attribute("default_int64", Zero(column.UnknownIsZero)),
                ],
                TreeGraph.MachineLearningDomain));
            _places.Add(column, _places.Count);
        }
    }

    /// <summary>The levels of all entries, int64 [entries].</summary>
    private string Crosses()
    {
        var axis = OnnxModelBuilder.Attribute("axis", 0);
        var levels = _builder.Node("Concat", "levels", [.. _levels], [axis]);
        var crosses = _encoder.Columns.OfType<TabularCross>().ToArray();
        if (crosses.Length == 0)
        {
            return levels;
        }

        var first = _builder.Node("Gather", "first", [levels, Whole("first_places", [.. crosses.Select(c => (long)_places[c.First])])]);
        var second = _builder.Node("Gather", "second", [levels, Whole("second_places", [.. crosses.Select(c => (long)_places[c.Second])])]);
        var rows = _builder.Node("Mul", "cross_rows", [first, Whole("second_levels", [.. crosses.Select(c => (long)c.Second.Levels)])]);
        var pairs = _builder.Node("Add", "cross_pairs", [rows, second]);
        var least = _builder.Node("Min", "cross_least", [first, second]);
        var both = _builder.Node("GreaterOrEqual", "cross_both", [least, Whole("cross_zero", 0)]);
        var crossed = _builder.Node("Where", "crosses", [both, pairs, Whole("cross_missing", Missing)]);
        Array.ForEach(crosses, cross => _places.Add(cross, _places.Count));
        return _builder.Node("Concat", "all_levels", [levels, crossed], [axis]);
    }

    private void Codes(string levels, string output)
    {
        var d = _encoder.Dimension;
        long[] place = new long[d], low = new long[d], high = new long[d], start = new long[d];
        var amplitude = new float[d];

        // What a level's code is where one code stands for all of them; first the zero of all other codes.
        List<float> table = [0];
        var at = 0;
        foreach (var column in _encoder.Columns)
        {
            for (var slot = 0; slot < column.Width; slot++, at++)
            {
                (place[at], amplitude[at]) = (_places[column], column.Amplitude);
                (low[at], high[at]) = column is TabularBins { Coding: "thermometer" } ? (slot + 1, int.MaxValue) : (slot, slot);
            }

            sbyte[]? values = column switch
            {
                TabularNumeric => [.. Enumerable.Range(-column.Amplitude, (2 * column.Amplitude) + 1).Select(code => (sbyte)code)],
                TabularBins { Coding: "ordinal" } bins => [.. Enumerable.Range(0, bins.Levels).Select(bins.OrdinalCode)],
                _ => null,
            };
            if (values is not null)
            {
                (low[at - 1], high[at - 1], start[at - 1]) = (int.MaxValue, 0, table.Count);
                table.Add(0); // Missing.
                table.AddRange(values.Select(code => (float)code));
            }
        }

        var level = _builder.Node("Gather", "level", [levels, Whole("level_places", place)]);
        var above = _builder.Node("GreaterOrEqual", "above", [level, Whole("low", low)]);
        var below = _builder.Node("LessOrEqual", "below", [level, Whole("high", high)]);
        var within = _builder.Node("And", "within", [above, below]);
        var switched = _builder.Node("Where", "switched", [within, _builder.Constant("amplitude", [d], amplitude), _builder.Constant("none", [1], [0f])]);

        var step = start.Select(s => Math.Sign(s) * 1L).ToArray();
        var counted = _builder.Node("Add", "counted", [_builder.Node("Max", "present", [level, Whole("absent", Missing)]), Whole("one", 1)]);
        var index = _builder.Node("Add", "index", [_builder.Node("Mul", "offset", [counted, Whole("step", step)]), Whole("start", start)]);
        var valued = _builder.Node("Gather", "valued", [_builder.Constant("table", [table.Count], table.ToArray()), index]);
        var codes = _builder.Node("Add", "codes", [_builder.Node("Add", "unchecked", [switched, valued]), RefusalOf(levels)]);
        _builder.Nodes("Div", [codes, _builder.Constant("largest", [1], [(float)sbyte.MaxValue])], [output]);
        _builder.Output(output, OnnxType.Float, d);
    }

    // Nothing in a graph throws on purpose, but an index beyond the end does, and the message names the node.
    private string RefusalOf(string levels)
    {
        var worst = _builder.Node("ReduceMin", "worst", [levels]);
        var refused = _builder.Node("Equal", "refused", [worst, Whole("refusal", Refused)]);
        var index = _builder.Node("Where", "refused_index", [refused, Whole("beyond_the_end", int.MaxValue), Whole("the_only_one", 0)]);
        _builder.Nodes("Gather", [_builder.Constant("nothing_added", [1], [0f]), index], ["accepted"], name: Refusal);
        return "accepted";
    }

    private string Whole(string name, params ReadOnlySpan<long> values) => _builder.Constant(name, [values.Length], values);

    private static long Zero(bool isZero) => isZero ? Missing : Refused;

    /// <summary>The least float32 whose decimal number satisfies a condition that, once true, stays so; +∞ where none does.</summary>
    private static float LeastSingle(Func<double, bool> reached)
    {
        var (low, high) = (Ordered(BitConverter.SingleToInt32Bits(float.MinValue)), Ordered(BitConverter.SingleToInt32Bits(float.PositiveInfinity)));
        while (low < high)
        {
            var middle = (low & high) + ((low ^ high) >> 1);
            var value = BitConverter.Int32BitsToSingle(Ordered(middle));
            var exact = double.Parse(value.ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
            (low, high) = reached(exact) ? (low, middle) : (middle + 1, high);
        }

        return BitConverter.Int32BitsToSingle(Ordered(low));

        // Numbers in their order; it is its own inverse.
        static int Ordered(int bits) => bits >= 0 ? bits : int.MinValue - bits;
    }

    /// <summary>The least float64 that satisfies a condition that, once true, stays so; +∞ where none does.</summary>
    private static double LeastDouble(Func<double, bool> reached)
    {
        var (low, high) = (Ordered(BitConverter.DoubleToInt64Bits(double.MinValue)), Ordered(BitConverter.DoubleToInt64Bits(double.PositiveInfinity)));
        while (low < high)
        {
            var middle = (low & high) + ((low ^ high) >> 1);
            (low, high) = reached(BitConverter.Int64BitsToDouble(Ordered(middle))) ? (low, middle) : (middle + 1, high);
        }

        return BitConverter.Int64BitsToDouble(Ordered(low));

        static long Ordered(long bits) => bits >= 0 ? bits : long.MinValue - bits;
    }
}
