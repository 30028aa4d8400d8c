using LegoNet.Encoders.Hashing;
using LegoNet.Encoders.Tabular;
using LegoNet.MLNet.Data;
using LegoNet.MLNet.Encoders;
using Microsoft.ML;

namespace LegoNet.MLNet;

/// <summary>
/// Makes one column of codes of several columns, by declared ranges and categories, and of texts by signed hashing. Learns nothing from the
/// data, so it needs no fit to speak of.
/// </summary>
/// <remarks>
/// <para>Input columns: numbers (Single, Double or whole) for ranges and edges; Text, Boolean ("true", "false") or whole numbers for categories;
/// Text for texts. NaN and the missing marks are missing values. Texts are compared as they are: load files with trimmed fields. Output column:
/// Vector&lt;Single, d&gt; of code / 127, in [−1, 1]; the texts' codes come first. No normalisation is needed after it.</para>
/// <para>Use it in place of <c>OneHotEncoding</c>, <c>ReplaceMissingValues</c> and normalisers, which keep what they met in the rows. The codes are
/// those of the encoders "tabular" and "composite" in specs.</para>
/// <para>A saved pipeline holds ML.NET's own steps and loads without LegoNet, unless there are texts. The loaded column does not say any
/// more what made it, so train on a column of a pipeline made in code.</para>
/// </remarks>
public sealed class EncodeTableEstimator : IEstimator<EncodeTableTransformer>
{
    private static readonly MLContext s_shapes = new(0);

    private readonly TableDeclaration _declaration;
    private readonly Options _options;

    internal EncodeTableEstimator(Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrEmpty(options.OutputColumnName, nameof(options.OutputColumnName));
        ArgumentNullException.ThrowIfNull(options.Columns, nameof(options.Columns));
        ArgumentNullException.ThrowIfNull(options.TextColumns, nameof(options.TextColumns));
        ArgumentNullException.ThrowIfNull(options.Text, nameof(options.Text));
        ArgumentNullException.ThrowIfNull(options.MissingMarks, nameof(options.MissingMarks));
        _options = new Options
        {
            OutputColumnName = options.OutputColumnName,
            Columns = [.. options.Columns],
            TextColumns = [.. options.TextColumns],
            Text = options.Text,
            MissingMarks = [.. options.MissingMarks],
        };
        var text = _options.TextColumns.Count == 0 ? null : new HashTextPart(_options.TextColumns, _options.Text);
        _declaration = new TableDeclaration(_options.Columns, text, _options.MissingMarks);
    }

    /// <summary>Checks the columns. Reads no row.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing, or of a type that its declaration does not fit.</exception>
    public EncodeTableTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new EncodeTableTransformer(_declaration, _options, input.Schema);
    }

    /// <inheritdoc/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        foreach (var name in _declaration.Names)
        {
            var column = Shapes.Find(inputSchema, name) ?? throw Columns.Missing(TableFields.Role, name, inputSchema.Select(c => c.Name));
            var isScalar = column.Kind == SchemaShape.Column.VectorKind.Scalar;
            if (!isScalar || _declaration.WhyNot(name, column.ItemType, column.IsKey) is not null)
            {
                var expected = _declaration.WhyNot(name, column.ItemType, isKey: true)!;
                throw Columns.Mismatch(TableFields.Role, name, expected, $"{column.Kind} of {column.ItemType}{(column.IsKey ? " (key)" : "")}");
            }
        }

        return Shapes.With(inputSchema, Shapes.Vector(s_shapes, _options.OutputColumnName));
    }

    /// <summary>What is encoded, and how.</summary>
    public sealed class Options
    {
        /// <summary>The column to add: Vector&lt;Single, d&gt; of code / 127. Default: "Features".</summary>
        public string OutputColumnName { get; set; } = "Features";

        /// <summary>The declared columns, in the order of their codes. A column may be declared several times. Default: none.</summary>
        public IReadOnlyList<TableColumn> Columns { get; set; } = [];

        /// <summary>Columns of free text, which are joined by line feeds and hashed. Default: none.</summary>
        public IReadOnlyList<string> TextColumns { get; set; } = [];

        /// <summary>How texts are hashed. Default: words and pairs of words, 4,096 codes.</summary>
        public HashingOptions Text { get; set; } = new();

        /// <summary>
        /// The texts that mean "no value" in a column with categories. The empty one must be among them, and numbers must not. Default: the
        /// empty text and "?".
        /// </summary>
        public IReadOnlyList<string> MissingMarks { get; set; } = ["", "?"];
    }
}
