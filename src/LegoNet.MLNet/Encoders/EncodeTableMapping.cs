using LegoNet.Data;
using LegoNet.MLNet.Data;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Encoders;

/// <summary>Adds the column of encoded table rows, row by row.</summary>
internal sealed class EncodeTableMapping(DataViewSchema schema, TableFields fields, string output, TableDeclaration declaration)
    : RowMapping(schema, [EncodeMapping.Column(output, declaration.Encoder.Dimension, declaration.Binding)])
{
    public override IEnumerable<DataViewSchema.Column> Sources(Func<int, bool> active) => active(0) ? fields.Columns : [];

    public override Delegate?[] CreateGetters(DataViewRow row, Func<int, bool> active)
    {
        if (!active(0))
        {
            return [null];
        }

        var read = fields.CreateReader(row);
        var encoder = declaration.Encoder;
        var code = new sbyte[encoder.Dimension];
        ValueGetter<VBuffer<float>> getter = (ref VBuffer<float> features) =>
        {
            RowEncoder.Encode(encoder, [new SourceRecord("", "", null, read(), $"Row {row.Position}")], code);
            CodeFeatures.Write(code, ref features);
        };
        return [getter];
    }
}
