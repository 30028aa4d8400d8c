using LegoNet.Encoders.Hashing;
using LegoNet.Encoders.Tabular;
using Microsoft.ML;

namespace LegoNet.MLNet;

/// <summary>Data-free transforms: none of them learns anything from the rows it sees, so a pipeline of them stays exact.</summary>
public static class LegoNetTransformsCatalog
{
    /// <summary>Adds a column of codes made by a frozen ONNX encoder: batched, on several threads, and cached on disk where asked.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="options">The settings.</param>
    /// <exception cref="ArgumentException">A setting is missing, out of its range, or contradicts another.</exception>
    /// <exception cref="LegoNetException">The card is missing or malformed, or names no encoder.</exception>
    public static EncodeOnnxEstimator EncodeOnnx(this TransformsCatalog catalog, EncodeOnnxEstimator.Options options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new EncodeOnnxEstimator(options);
    }

    /// <summary>Adds a column of codes made by a frozen ONNX encoder: batched, on several threads, and cached on disk where asked.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="outputColumnName">The column to add: Vector&lt;Single, d&gt; of code / 127, in [−1, 1].</param>
    /// <param name="inputColumnName">
    /// The column to encode; see <see cref="EncodeOnnxEstimator"/> for its types. Null for <paramref name="outputColumnName"/>.
    /// </param>
    /// <param name="card">The encoder's calibration card, made by <c>legonet calibrate</c>.</param>
    /// <param name="imageFolder">Where relative image paths start; null for the current directory.</param>
    /// <param name="cacheDirectory">
    /// Keeps codes in this directory, which belongs to the cache alone; null for none. Needs <paramref name="idColumnName"/>.
    /// </param>
    /// <param name="subjectColumnName">Text or a whole number: whose data a row is. Null for the id.</param>
    /// <param name="idColumnName">Text or a whole number: the row's name, unique within its subject.</param>
    /// <exception cref="ArgumentException">A setting is missing or contradicts another.</exception>
    /// <exception cref="LegoNetException">The card is missing or malformed, or names no encoder.</exception>
    public static EncodeOnnxEstimator EncodeOnnx(
        this TransformsCatalog catalog,
        string outputColumnName,
        string? inputColumnName,
        string card,
        string? imageFolder = null,
        string? cacheDirectory = null,
        string? subjectColumnName = null,
        string? idColumnName = null)
        => EncodeOnnx(catalog, new EncodeOnnxEstimator.Options
        {
            OutputColumnName = outputColumnName,
            InputColumnName = inputColumnName,
            Card = card,
            ImageFolder = imageFolder,
            CacheDirectory = cacheDirectory,
            SubjectColumnName = subjectColumnName,
            IdColumnName = idColumnName,
        });

    /// <summary>Adds a column of codes made of a text by signed hashing of its words: a data-free replacement for FeaturizeText.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="outputColumnName">The column to add: Vector&lt;Single, d&gt; of code / 127, in [−1, 1].</param>
    /// <param name="inputColumnName">The text column. Null for <paramref name="outputColumnName"/>.</param>
    /// <param name="options">What is counted and how it is weighed; null for the defaults (d = 4096, words and pairs of words).</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static HashTextEstimator HashText(
        this TransformsCatalog catalog, string outputColumnName, string? inputColumnName = null, HashingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new HashTextEstimator(catalog, outputColumnName, inputColumnName, options ?? new HashingOptions());
    }

    /// <summary>
    /// Adds a column of codes made of several columns by declared ranges and categories, and of texts by signed hashing: a data-free replacement for
    /// OneHotEncoding, ReplaceMissingValues and normalisers.
    /// </summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="options">The columns, their declarations and the texts.</param>
    /// <exception cref="ArgumentException">The options contradict themselves.</exception>
    public static EncodeTableEstimator EncodeTable(this TransformsCatalog catalog, EncodeTableEstimator.Options options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new EncodeTableEstimator(options);
    }

    /// <summary>Adds a column of codes made of several columns by declared ranges and categories.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="outputColumnName">The column to add: Vector&lt;Single, d&gt; of code / 127, in [−1, 1].</param>
    /// <param name="columns">The declared columns, in the order of their codes.</param>
    /// <exception cref="ArgumentException">The declarations contradict each other.</exception>
    public static EncodeTableEstimator EncodeTable(this TransformsCatalog catalog, string outputColumnName, params IReadOnlyList<TableColumn> columns)
        => EncodeTable(catalog, new EncodeTableEstimator.Options { OutputColumnName = outputColumnName, Columns = columns });

    /// <summary>Adds a column of codes made of several columns as a proposal declares them.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="outputColumnName">The column to add: Vector&lt;Single, d&gt; of code / 127, in [−1, 1].</param>
    /// <param name="proposal">What <see cref="TableColumns.ProposeFromPublic"/> gave.</param>
    /// <exception cref="ArgumentException">The proposal declares no column.</exception>
    public static EncodeTableEstimator EncodeTable(this TransformsCatalog catalog, string outputColumnName, TableProposal proposal)
    {
        ArgumentNullException.ThrowIfNull(proposal);
        return EncodeTable(catalog, new EncodeTableEstimator.Options
        {
            OutputColumnName = outputColumnName,
            Columns = proposal.Columns,
            TextColumns = proposal.TextColumns,
            MissingMarks = proposal.MissingMarks,
        });
    }

    /// <summary>Adds a key column over declared classes: a data-free replacement for MapValueToKey, which collects its keys from the rows.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="outputColumnName">The column to add: Key&lt;UInt32&gt; with the classes as its key values, in their order.</param>
    /// <param name="classes">The classes, each once. A value that is none of them becomes the missing key.</param>
    /// <param name="inputColumnName">The text column. Null for <paramref name="outputColumnName"/>.</param>
    /// <exception cref="ArgumentException">There is no class, or one is empty or is given twice.</exception>
    public static DeclareKeysEstimator DeclareKeys(
        this TransformsCatalog catalog, string outputColumnName, IEnumerable<string> classes, string? inputColumnName = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new DeclareKeysEstimator(catalog, outputColumnName, classes, inputColumnName);
    }
}
