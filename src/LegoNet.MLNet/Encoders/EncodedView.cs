using LegoNet.MLNet.Data;
using Microsoft.ML;

namespace LegoNet.MLNet.Encoders;

/// <summary>A view with a column of codes, encoded in batches ahead of whoever reads it. Where the column is not asked for, nothing is encoded.</summary>
internal sealed class EncodedView(IDataView input, EncodeMapping mapping, EncodeSettings settings, SharedEncoder encoder) : IDataView
{
    // Two cursors are walked in lock-step; shuffled ones would not agree.
    public bool CanShuffle => false;

    public DataViewSchema Schema => mapping.OutputSchema;

    public long? GetRowCount() => input.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        var wanted = mapping.Wanted(columnsNeeded);
        return Encodes(wanted) ? Open(wanted) : new MappedCursor(mapping, input.GetRowCursor(Inputs(wanted)), wanted);
    }

    // Batches already run in parallel, so one cursor carries all rows; the steps before and after still see a proper set.
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        var wanted = mapping.Wanted(columnsNeeded);
        return Encodes(wanted)
            ? [Open(wanted)]
            : Array.ConvertAll(input.GetRowCursorSet(Inputs(wanted), n), cursor => (DataViewRowCursor)new MappedCursor(mapping, cursor, wanted));
    }

    private bool Encodes(bool[] wanted) => wanted[mapping.InputSchema.Count];

    private DataViewSchema.Column[] Inputs(bool[] wanted) => [.. mapping.InputSchema.Where(column => wanted[column.Index])];

    private EncodedCursor Open(bool[] wanted)
    {
        encoder.Acquire();
        CacheLease? cache = null;
        DataViewRowCursor? rows = null, ahead = null;
        try
        {
            cache = settings.CacheDirectory is { } directory ? CacheLease.Open(directory, encoder) : null;
            rows = input.GetRowCursor(Inputs(wanted));
            ahead = input.GetRowCursor([mapping.Input.Column, .. settings.RowColumns(mapping.InputSchema)]);
            return new EncodedCursor(mapping, wanted, rows, ahead, settings, encoder, cache);
        }
        catch
        {
            ahead?.Dispose();
            rows?.Dispose();
            cache?.Dispose();
            encoder.Release();
            throw;
        }
    }
}
