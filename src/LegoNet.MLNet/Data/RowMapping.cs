using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Data;

/// <summary>
/// Adds columns to rows of one schema. Everything that ML.NET asks of such a step (a view, cursors, a row-to-row mapper) follows from
/// it: <see cref="MappedView"/>, <see cref="MappedCursor"/>, <see cref="MappedRow"/>. Immutable and thread-safe; what
/// <see cref="CreateGetters"/> returns is not.
/// </summary>
internal abstract class RowMapping : IRowToRowMapper
{
    /// <summary>Creates a mapping.</summary>
    /// <param name="input">Schema of the rows that come in.</param>
    /// <param name="added">The columns it adds; one with the name of an input column hides that column, as everywhere in ML.NET.</param>
    protected RowMapping(DataViewSchema input, IReadOnlyList<DataViewSchema.DetachedColumn> added)
    {
        InputSchema = input;
        AddedCount = added.Count;
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(input);
        builder.AddColumns(added);
        OutputSchema = builder.ToSchema();
    }

    /// <inheritdoc/>
    public DataViewSchema InputSchema { get; }

    /// <inheritdoc/>
    public DataViewSchema OutputSchema { get; }

    /// <summary>Columns added, the last ones of <see cref="OutputSchema"/>.</summary>
    public int AddedCount { get; }

    /// <summary>The input columns that added columns are computed from.</summary>
    /// <param name="active">Tells for each added column, 0 to <see cref="AddedCount"/> − 1, whether it is wanted.</param>
    public abstract IEnumerable<DataViewSchema.Column> Sources(Func<int, bool> active);

    /// <summary>Creates the getters of added columns over a live row.</summary>
    /// <param name="input">The row; its current values are read whenever a getter is called.</param>
    /// <param name="active">Tells for each added column whether it is wanted.</param>
    /// <returns>A <see cref="ValueGetter{TValue}"/> of the column's raw type for each wanted column, [<see cref="AddedCount"/>].</returns>
    public abstract Delegate?[] CreateGetters(DataViewRow input, Func<int, bool> active);

    /// <inheritdoc/>
    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns)
    {
        var wanted = Wanted(dependingColumns);
        var needed = new bool[InputSchema.Count];
        for (var i = 0; i < needed.Length; i++)
        {
            needed[i] = wanted[i];
        }

        var active = Active(wanted);
        if (Enumerable.Range(0, AddedCount).Any(active))
        {
            foreach (var column in Sources(active))
            {
                needed[column.Index] = true;
            }
        }

        return [.. InputSchema.Where(c => needed[c.Index])];
    }

    /// <inheritdoc/>
    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.Schema == InputSchema
            ? new MappedRow(this, input, Wanted(activeColumns))
            : throw new ArgumentException("The row's schema is not the mapper's input schema.", nameof(input));
    }

    /// <summary>Marks the columns of <see cref="OutputSchema"/> that are among the given ones.</summary>
    internal bool[] Wanted(IEnumerable<DataViewSchema.Column> columns)
    {
        var wanted = new bool[OutputSchema.Count];
        foreach (var column in columns)
        {
            wanted[column.Index] = true;
        }

        return wanted;
    }

    /// <summary>From marks on output columns to a test on added columns.</summary>
    internal Func<int, bool> Active(bool[] wanted) => added => wanted[InputSchema.Count + added];
}
