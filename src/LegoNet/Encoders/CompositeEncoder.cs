using System.Security.Cryptography;
using System.Text;
using LegoNet.Data;
using LegoNet.Specs;

namespace LegoNet.Encoders;

/// <summary>Encodes a table row by several encoders, whose codes stand one after the other: one model learns from texts and columns.</summary>
internal sealed class CompositeEncoder : ICodeEncoder, IClampingEncoder
{
    /// <summary>The type in specs.</summary>
    public const string Type = "composite";

    private readonly IReadOnlyList<CompositePart> _parts;

    /// <summary>Creates the encoder; it owns those of its parts.</summary>
    /// <param name="parts">At least one part.</param>
    public CompositeEncoder(IReadOnlyList<CompositePart> parts)
    {
        _parts = parts;
        Dimension = parts.Sum(part => part.Encoder.Dimension);
        BatchSize = parts.Min(part => part.Encoder.BatchSize);
        CanonicalJson = $"{{\"parts\":[{string.Join(',', parts.Select(part => part.CanonicalJson))}],\"type\":\"{Type}\"}}";
        Fingerprint = FingerprintOf(CanonicalJson, [.. parts.Select(part => part.Encoder.Fingerprint)]);
    }

    /// <summary>The declaration as stored in a spec: canonical JSON.</summary>
    public string CanonicalJson { get; }

    /// <inheritdoc/>
    public int Dimension { get; }

    /// <inheritdoc/>
    public EncoderFingerprint Fingerprint { get; }

    /// <inheritdoc/>
    public int BatchSize { get; }

    long IClampingEncoder.Clamped => _parts.Sum(part => (part.Encoder as IClampingEncoder)?.Clamped ?? 0);

    /// <inheritdoc/>
    public void Encode(IReadOnlyList<SourceRecord> records, Span<sbyte> codes)
    {
        ArgumentNullException.ThrowIfNull(records);
        if (codes.Length != (long)records.Count * Dimension)
        {
            throw new ArgumentException("The code buffer must hold exactly records × dimension values.", nameof(codes));
        }

        var start = 0;
        foreach (var part in _parts)
        {
            var width = part.Encoder.Dimension;
            var block = new sbyte[records.Count * width];
            part.Encoder.Encode(part.Inputs(records), block);
            for (var i = 0; i < records.Count; i++)
            {
                block.AsSpan(i * width, width).CopyTo(codes[((i * Dimension) + start)..]);
            }

            start += width;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var part in _parts)
        {
            part.Encoder.Dispose();
        }
    }

    // A new version of a part's arithmetic makes other codes, and so another fingerprint.
    private static EncoderFingerprint FingerprintOf(string declaration, EncoderFingerprint[] parts)
    {
        var made = string.Join('\n', parts.Select(part => part.Encoder).Prepend(declaration));
        return new EncoderFingerprint(
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(made))),
            Joined(parts.Select(part => part.Runtime).Prepend("legonet-composite 1")),
            Joined(parts.Select(part => part.Provider)),
            Joined(parts.Select(part => part.Precision)),
            parts.Max(part => part.Threads),
            parts.Max(part => part.Batch),
            parts.All(part => part.Processor is null) ? null : Joined(parts.Select(part => part.Processor).OfType<string>()));
    }

    private static string Joined(IEnumerable<string> words) => string.Join(", ", words.Distinct(StringComparer.Ordinal));
}
