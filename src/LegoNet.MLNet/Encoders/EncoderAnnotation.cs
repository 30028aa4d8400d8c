using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Encoders;

/// <summary>The annotation by which a column of codes says what made them.</summary>
internal static class EncoderAnnotation
{
    /// <summary>The annotation's name.</summary>
    public const string Kind = "LegoNet.Encoder";

    /// <summary>Adds a binding to the annotations of a column of codes (<see cref="CodeFeatures"/>).</summary>
    public static void Add(DataViewSchema.Annotations.Builder annotations, EncoderBinding binding)
        => annotations.Add(Kind, EncoderDataViewType.Instance, (ref EncoderBinding value) => value = binding);

    /// <summary>The binding of a column; null where it has none, or is no vector of Single any more.</summary>
    public static EncoderBinding? TryGet(DataViewSchema.Column column)
    {
        if (column.Type is not VectorDataViewType { IsKnownSize: true } vector
            || vector.ItemType != NumberDataViewType.Single
            || column.Annotations.Schema.GetColumnOrNull(Kind)?.Type is not EncoderDataViewType)
        {
            return null;
        }

        EncoderBinding? binding = null;
        column.Annotations.GetValue(Kind, ref binding);
        return binding;
    }
}
