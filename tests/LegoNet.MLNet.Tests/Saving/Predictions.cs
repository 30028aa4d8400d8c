using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Tests.Saving;

/// <summary>What a view's scorer predicted, column by column, whatever the task.</summary>
internal static class Predictions
{
    /// <summary>Asserts that two views have the same predictions: columns, types, key values and labels equal, numbers within float rounding.</summary>
    public static void AssertSame(IDataView expected, IDataView actual, int rows)
    {
        Assert.Equal(Names(expected), Names(actual));
        foreach (var name in (string[])["PredictedLabel", "Score", "Probability"])
        {
            if (expected.Schema.GetColumnOrNull(name) is not { } column)
            {
                Assert.Null(actual.Schema.GetColumnOrNull(name));
                continue;
            }

            var other = actual.Schema[name];
            Assert.Equal(column.Type, other.Type);
            switch (column.Type)
            {
                case KeyDataViewType:
                    Assert.Equal(KeyValues(column), KeyValues(other));
                    Assert.Equal(expected.GetColumn<uint>(name), actual.GetColumn<uint>(name));
                    Assert.Equal(rows, actual.GetColumn<uint>(name).Count());
                    break;
                case BooleanDataViewType:
                    Assert.Equal(expected.GetColumn<bool>(name), actual.GetColumn<bool>(name));
                    break;
                case VectorDataViewType:
                    AssertClose(expected.GetColumn<float[]>(name).SelectMany(v => v), actual.GetColumn<float[]>(name).SelectMany(v => v));
                    break;
                default:
                    AssertClose(expected.GetColumn<float>(name), actual.GetColumn<float>(name));
                    Assert.Equal(rows, actual.GetColumn<float>(name).Count());
                    break;
            }
        }
    }

    /// <summary>A key column's values.</summary>
    public static string[] KeyValues(DataViewSchema.Column column)
    {
        VBuffer<ReadOnlyMemory<char>> values = default;
        column.GetKeyValues(ref values);
        return [.. values.DenseValues().Select(v => v.ToString())];
    }

    private static IEnumerable<string> Names(IDataView view) => view.Schema.Where(c => !c.IsHidden).Select(c => c.Name).Order(StringComparer.Ordinal);

    private static void AssertClose(IEnumerable<float> expected, IEnumerable<float> actual)
    {
        float[] one = [.. expected], other = [.. actual];
        Assert.Equal(one.Length, other.Length);
        for (var i = 0; i < one.Length; i++)
        {
            Assert.Equal(one[i], other[i], 1e-5f * Math.Max(1, Math.Abs(one[i])));
        }
    }
}
