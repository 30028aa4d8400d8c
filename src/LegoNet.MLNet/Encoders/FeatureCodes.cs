using LegoNet.Calibration;
using LegoNet.Encoders;
using LegoNet.MLNet.Data;
using LegoNet.Specs;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Encoders;

/// <summary>How the vectors of a feature column become int8 codes: they are codes already, or a calibration turns them into codes.</summary>
internal sealed class FeatureCodes
{
    private const string NoCode = "holds NaN, infinity or a number that is no code of the column's encoder (a whole number from −127 to 127, divided by 127)";

    private readonly CodeCalibration? _calibration;

    private FeatureCodes(DataViewSchema.Column column, EncoderFingerprint fingerprint, CodeCalibration? calibration)
    {
        Column = column;
        Fingerprint = fingerprint;
        _calibration = calibration;
    }

    /// <summary>Receives the code of the row that is current.</summary>
    /// <param name="code">Receives the code, [d].</param>
    /// <returns>How many of its entries lay outside the calibration's range and were clamped to it; 0 for codes that are stored already.</returns>
    public delegate int Getter(Span<sbyte> code);

    /// <summary>The column.</summary>
    public DataViewSchema.Column Column { get; }

    /// <summary>What makes the codes.</summary>
    public EncoderFingerprint Fingerprint { get; }

    /// <summary>Length d of the codes.</summary>
    public int Dimension => _calibration?.CodeDimension ?? Size;

    /// <summary>Whether the column holds codes already; otherwise plain vectors, which a calibration turns into codes.</summary>
    public bool AreStored => _calibration is null;

    private int Size => ((VectorDataViewType)Column.Type).Size;

    /// <summary>A column of codes (<see cref="CodeFeatures"/>).</summary>
    public static FeatureCodes Coded(DataViewSchema.Column column, EncoderFingerprint fingerprint) => new(column, fingerprint, null);

    /// <summary>A column of plain vectors.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The calibration is for vectors of another length.</exception>
    public static FeatureCodes Calibrated(DataViewSchema.Column column, CodeCalibration calibration)
    {
        using var encoder = new VectorEncoder(calibration);
        return column.Type is VectorDataViewType vector && vector.Size == calibration.EncodingDimension
            ? new FeatureCodes(column, encoder.Fingerprint, calibration)
            : throw Columns.Mismatch("feature", column.Name, $"Vector<Single, {calibration.EncodingDimension}>, as the calibration has", column.Type);
    }

    /// <summary>The codes of a column as a trained model takes them.</summary>
    /// <param name="column">A fixed-length vector of Single.</param>
    /// <param name="model">The model.</param>
    /// <param name="toStore">Whether the codes are to be stored: the column must then say what made them.</param>
    /// <exception cref="ArgumentOutOfRangeException">The column's encoder or length is not the model's.</exception>
    public static FeatureCodes For(DataViewSchema.Column column, LegoNetModel model, bool toStore)
    {
        var spec = model.Spec;
        var binding = EncoderAnnotation.TryGet(column);
        if (binding is null && model.Calibration is { } calibration && spec.Encoder == VectorDeclaration)
        {
            return Calibrated(column, calibration);
        }

        if (binding is null && toStore)
        {
            throw Columns.Mismatch(
                "feature", column.Name, "a column that names the encoder of its codes", "one that does not (a step after the encoder made it anew)");
        }

        if (binding is not null && binding.Fingerprint.Encoder != spec.Fingerprint.Encoder)
        {
            throw Columns.Mismatch(
                "feature", column.Name, "codes by the model's encoder and calibration", "codes by another encoder, calibration or input treatment");
        }

        return ((VectorDataViewType)column.Type).Size == spec.Dimension
            ? Coded(column, binding?.Fingerprint ?? spec.Fingerprint)
            : throw Columns.Mismatch("feature", column.Name, $"Vector<Single, {spec.Dimension}>", column.Type);
    }

    /// <summary>The core's declaration of vectors that were computed elsewhere.</summary>
    public const string VectorDeclaration = """{"type":"vector"}""";

    /// <summary>A getter over a live row.</summary>
    /// <param name="row">The row.</param>
    /// <exception cref="InvalidOperationException">Thrown by the getter: the vector holds NaN or infinity, or is no code.</exception>
    public Getter CreateGetter(DataViewRow row)
    {
        var getter = row.GetGetter<VBuffer<float>>(Column);
        return _calibration is null ? CreateStoredGetter(row, getter) : CreateCalibratedGetter(row, getter, _calibration);
    }

    private Getter CreateStoredGetter(DataViewRow row, ValueGetter<VBuffer<float>> getter)
    {
        var name = Column.Name;
        var size = Size;
        VBuffer<float> features = default;
        return code =>
        {
            getter(ref features);
            RequireLength(features, size, name, row.Position);
            if (!CodeFeatures.TryRead(features, code))
            {
                throw Columns.BadValue("feature", name, row.Position, NoCode);
            }

            return 0;
        };
    }

    private Getter CreateCalibratedGetter(DataViewRow row, ValueGetter<VBuffer<float>> getter, CodeCalibration calibration)
    {
        var name = Column.Name;
        var size = Size;
        VBuffer<float> features = default;
        float[]? dense = null;
        return code =>
        {
            getter(ref features);
            RequireLength(features, size, name, row.Position);
            ReadOnlySpan<float> values;
            if (features.IsDense)
            {
                values = features.GetValues();
            }
            else
            {
                features.CopyTo(dense ??= new float[size]);
                values = dense;
            }

            var bad = CodeCalibration.FirstNonFinite(values);
            if (bad >= 0)
            {
                throw Columns.BadValue("feature", name, row.Position, $"holds NaN or infinity in slot {bad}");
            }

            return calibration.Quantise(values, code);
        };
    }

    private static void RequireLength(in VBuffer<float> features, int size, string name, long position)
    {
        if (features.Length != size)
        {
            throw Columns.BadValue("feature", name, position, $"has {features.Length} slots where the column declares {size}");
        }
    }
}
