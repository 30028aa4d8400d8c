using LegoNet.Calibration;
using LegoNet.Data;
using LegoNet.Specs;

namespace LegoNet.Encoders;

/// <summary>Takes vectors that were computed elsewhere as they are, and turns them into codes by a calibration or declared ranges.</summary>
public sealed class VectorEncoder : ICodeEncoder, IClampingEncoder
{
    private readonly CodeCalibration _calibration;
    private long _clamped;

    /// <summary>Creates the encoder.</summary>
    /// <param name="calibration">From vectors [D] to codes [d].</param>
    public VectorEncoder(CodeCalibration calibration)
    {
        ArgumentNullException.ThrowIfNull(calibration);
        _calibration = calibration;
        Fingerprint = new EncoderFingerprint(calibration.Digest, "legonet-vector 1", "cpu", "float64", 1, 1);
    }

    /// <inheritdoc/>
    public int Dimension => _calibration.CodeDimension;

    /// <inheritdoc/>
    public EncoderFingerprint Fingerprint { get; }

    /// <inheritdoc/>
    public int BatchSize => 256;

    long IClampingEncoder.Clamped => Interlocked.Read(ref _clamped);

    /// <inheritdoc/>
    public void Encode(IReadOnlyList<SourceRecord> records, Span<sbyte> codes)
    {
        ArgumentNullException.ThrowIfNull(records);
        long clamped = 0;
        for (var i = 0; i < records.Count; i++)
        {
            var record = records[i];
            if (record.Input is not VectorInput vector)
            {
                throw LegoNetException.BadInput($"{record.Origin}: is no vector, which is what the model's encoder reads.");
            }

            if (vector.Values.Length != _calibration.EncodingDimension)
            {
                throw LegoNetException.BadInput($"{record.Origin}: has {vector.Values.Length} dimensions where {_calibration.EncodingDimension} are declared.");
            }

            var bad = CodeCalibration.FirstNonFinite(vector.Values.Span);
            if (bad >= 0)
            {
                throw LegoNetException.BadInput($"{record.Origin}: dimension {bad} is not a finite number.");
            }

            clamped += _calibration.Quantise(vector.Values.Span, codes.Slice(i * Dimension, Dimension));
        }

        Interlocked.Add(ref _clamped, clamped);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
