using LegoNet.MLNet.Encoders;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Tests.Support;

/// <summary>Reads views.</summary>
internal static class Views
{
    /// <summary>The codes of a column, row by row.</summary>
    public static List<sbyte[]> Codes(IDataView view, string column = "Features")
        => [.. Vectors(view, column).Select(vector =>
        {
            var code = new sbyte[vector.Length];
            Assert.True(CodeFeatures.TryRead(vector, code));
            return code;
        })];

    /// <summary>The values of a vector column, row by row.</summary>
    public static List<VBuffer<float>> Vectors(IDataView view, string column)
    {
        using var cursor = view.GetRowCursor([view.Schema[column]]);
        var getter = cursor.GetGetter<VBuffer<float>>(view.Schema[column]);
        var rows = new List<VBuffer<float>>();
        while (cursor.MoveNext())
        {
            VBuffer<float> value = default;
            getter(ref value);
            rows.Add(value);
        }

        return rows;
    }
}
