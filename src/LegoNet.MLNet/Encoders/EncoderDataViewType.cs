using Microsoft.ML.Data;

namespace LegoNet.MLNet.Encoders;

/// <summary>The type of the annotation that refers to an <see cref="EncoderBinding"/>. It lives in memory only and is never saved.</summary>
internal sealed class EncoderDataViewType : StructuredDataViewType
{
    private EncoderDataViewType()
        : base(typeof(EncoderBinding))
    {
    }

    public static EncoderDataViewType Instance { get; } = new();

    public override bool Equals(DataViewType? other) => ReferenceEquals(this, other);

    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

    public override string ToString() => "LegoNet.Encoder";
}
