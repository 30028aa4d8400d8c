using LegoNet.Data;
using LegoNet.MLNet.Data;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Encoders;

/// <summary>Adds the column of codes to single rows, one inference each: what a prediction engine asks for. <see cref="EncodedView"/> does batches.</summary>
internal sealed class EncodeMapping : RowMapping
{
    private readonly SharedEncoder _encoder;

    public EncodeMapping(DataViewSchema schema, EncoderInput input, string output, SharedEncoder encoder, EncoderBinding binding)
        : base(schema, [Column(output, encoder.Encoder.Dimension, binding)])
    {
        Input = input;
        _encoder = encoder;
    }

    /// <summary>The column that is encoded.</summary>
    public EncoderInput Input { get; }

    /// <summary>A column of codes.</summary>
    public static DataViewSchema.DetachedColumn Column(string name, int dimension, EncoderBinding binding)
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        EncoderAnnotation.Add(annotations, binding);
        return new DataViewSchema.DetachedColumn(name, new VectorDataViewType(NumberDataViewType.Single, dimension), annotations.ToAnnotations());
    }

    public override IEnumerable<DataViewSchema.Column> Sources(Func<int, bool> active) => active(0) ? [Input.Column] : [];

    public override Delegate?[] CreateGetters(DataViewRow input, Func<int, bool> active)
    {
        if (!active(0))
        {
            return [null];
        }

        var reader = Input.CreateReader(input);
        var encoder = _encoder;
        var code = new sbyte[encoder.Encoder.Dimension];

        // Several columns behind this one may ask for the same row.
        long? encoded = null;
        ValueGetter<VBuffer<float>> getter = (ref VBuffer<float> features) =>
        {
            if (encoded != input.Position)
            {
                encoder.Acquire();
                try
                {
                    encoded = null;
                    var value = reader.Read() ?? throw Input.Missing(input.Position);
                    RowEncoder.Encode(encoder.Encoder, [new SourceRecord("", "", null, value, Input.Place(input.Position))], code);
                    reader.GiveBack(value);
                    encoded = input.Position;
                }
                finally
                {
                    encoder.Release();
                }
            }

            CodeFeatures.Write(code, ref features);
        };
        return [getter];
    }
}
