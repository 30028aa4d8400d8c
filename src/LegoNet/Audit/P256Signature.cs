using System.Formats.Asn1;
using System.Numerics;

namespace LegoNet.Audit;

/// <summary>
/// The one spelling of a signature over P-256. With (r, s), (r, n − s) holds too, so anybody could vary a signed file without its key;
/// only the smaller of both is written and accepted (as in SEC 1, and in BIP 62), in DER, which other tools read.
/// </summary>
internal static class P256Signature
{
    private const int FieldBytes = 32;

    // The order of the group's generator (FIPS 186-5, SP 800-186, section 3.2.1.3).
    private static readonly BigInteger s_order = new(
        Convert.FromHexString("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551"),
        isUnsigned: true,
        isBigEndian: true);

    /// <summary>Spells a signature.</summary>
    /// <param name="fields">r and s, big-endian, [64].</param>
    public static byte[] Encode(ReadOnlySpan<byte> fields)
    {
        var r = new BigInteger(fields[..FieldBytes], isUnsigned: true, isBigEndian: true);
        var s = new BigInteger(fields[FieldBytes..], isUnsigned: true, isBigEndian: true);
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(r);
            writer.WriteInteger(BigInteger.Min(s, s_order - s));
        }

        return writer.Encode();
    }

    /// <summary>Whether a signature is spelled so.</summary>
    public static bool IsCanonical(ReadOnlyMemory<byte> signature)
    {
        try
        {
            var reader = new AsnReader(signature, AsnEncodingRules.DER);
            var fields = reader.ReadSequence();
            reader.ThrowIfNotEmpty();
            _ = fields.ReadInteger();
            var s = fields.ReadInteger();
            fields.ThrowIfNotEmpty();
            return s <= s_order / 2;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }
}
