using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using LegoNet.Calibration;
using LegoNet.Data;
using LegoNet.Encoders;
using LegoNet.Specs;

namespace LegoNet.Onnx;

/// <summary>An ONNX encoder followed by a calibration: inputs become int8 codes.</summary>
internal sealed class OnnxCodeEncoder : ICodeEncoder
{
    private readonly OnnxEncoder _encoder;
    private readonly CodeCalibration _calibration;

    /// <summary>Joins an encoder and a calibration.</summary>
    /// <param name="encoder">The encoder; disposed of together with this object.</param>
    /// <param name="calibration">The calibration of the encoder's encodings.</param>
    /// <param name="calibrationDigest">The calibration's digest in hex; part of the fingerprint.</param>
    /// <exception cref="LegoNetException">The calibration is for encodings of another length.</exception>
    public OnnxCodeEncoder(OnnxEncoder encoder, CodeCalibration calibration, string calibrationDigest)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(calibration);
        ArgumentException.ThrowIfNullOrEmpty(calibrationDigest);
        if (calibration.EncodingDimension != encoder.Dimension)
        {
            throw LegoNetException.BadInput(
                $"The encoder gives encodings of length {encoder.Dimension}, and the calibration is for {calibration.EncodingDimension}.");
        }

        _encoder = encoder;
        _calibration = calibration;

        // A line each, so that no two different sets of parts read the same.
        var identity = string.Join('\n', "legonet onnx encoder 1", encoder.ModelDigest, encoder.OutputName, encoder.Treatment.ToJson(), calibrationDigest);
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)));
        Fingerprint = new EncoderFingerprint(digest, encoder.Runtime, encoder.Provider, encoder.Precision, Threads: 1, encoder.BatchSize, encoder.Processor);
    }

    /// <inheritdoc/>
    public int Dimension => _calibration.CodeDimension;

    /// <inheritdoc/>
    public EncoderFingerprint Fingerprint { get; }

    /// <inheritdoc/>
    public int BatchSize => _encoder.BatchSize;

    /// <inheritdoc/>
    public void Encode(IReadOnlyList<SourceRecord> records, Span<sbyte> codes)
    {
        ArgumentNullException.ThrowIfNull(records);
        var length = _encoder.Dimension;
        var encodings = ArrayPool<float>.Shared.Rent(records.Count * length);
        try
        {
            var rows = encodings.AsSpan(0, records.Count * length);
            _encoder.Encode(records, rows);
            for (var i = 0; i < records.Count; i++)
            {
                _calibration.Quantise(rows.Slice(i * length, length), codes.Slice(i * Dimension, Dimension));
            }
        }
        finally
        {
            // Encodings are personal data too: the pool's next tenant finds zeros.
            ArrayPool<float>.Shared.Return(encodings, clearArray: true);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _encoder.Dispose();
}
