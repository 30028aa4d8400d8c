using LegoNet.Data;
using LegoNet.Encoders.Hashing;
using LegoNet.MLNet.Data;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Encoders;

/// <summary>Adds the column of hashed texts, row by row.</summary>
internal sealed class HashTextMapping(DataViewSchema schema, DataViewSchema.Column input, string output, HashingEncoder encoder, EncoderBinding binding)
    : RowMapping(schema, [EncodeMapping.Column(output, encoder.Dimension, binding)])
{
    public override IEnumerable<DataViewSchema.Column> Sources(Func<int, bool> active) => active(0) ? [input] : [];

    public override Delegate?[] CreateGetters(DataViewRow row, Func<int, bool> active)
    {
        if (!active(0))
        {
            return [null];
        }

        var text = row.GetGetter<ReadOnlyMemory<char>>(input);
        var code = new sbyte[encoder.Dimension];
        ReadOnlyMemory<char> value = default;
        ValueGetter<VBuffer<float>> getter = (ref VBuffer<float> features) =>
        {
            text(ref value);
            encoder.Encode([new SourceRecord("", "", null, new TextInput(value.ToString()), "")], code);
            CodeFeatures.Write(code, ref features);
        };
        return [getter];
    }
}
