using LegoNet.Benchmarks;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Benchmarks;

/// <summary>A record for ML.NET.</summary>
internal sealed class CodedRow
{
    public string Id { get; set; } = "";

    // In row objects a key counts from 0.
    public uint Label { get; set; }

    public float[] Features { get; set; } = [];

    /// <summary>A view of rows, features of a declared length.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="dimension">The features' length.</param>
    /// <param name="classes">The classes; a label beyond them would silently become missing.</param>
    public static IDataView View(MLContext ml, IEnumerable<CodedRow> rows, int dimension, int classes = 10)
    {
        var schema = SchemaDefinition.Create(typeof(CodedRow));
        schema[nameof(Label)].ColumnType = new KeyDataViewType(typeof(uint), classes);
        schema[nameof(Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, dimension);
        return ml.Data.LoadFromEnumerable(rows, schema);
    }

    /// <summary>The records of a file, their features code / 127, as EncodeOnnx gives them.</summary>
    public static IEnumerable<CodedRow> Of(CodesFile codes)
    {
        var d = codes.Dimension;
        var values = codes.First(codes.Records);
        for (var i = 0; i < codes.Records; i++)
        {
            var features = Array.ConvertAll(values[(i * d)..((i + 1) * d)], code => code / 127f);
            yield return new CodedRow { Id = $"r{i}", Label = (uint)codes.Labels[i], Features = features };
        }
    }
}
