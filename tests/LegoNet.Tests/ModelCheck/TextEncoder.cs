using LegoNet.Data;
using LegoNet.Encoders;
using LegoNet.Specs;
using LegoNet.Tests.Support;

namespace LegoNet.Tests.ModelCheck;

/// <summary>Gives each text a code of its own.</summary>
internal sealed class TextEncoder(int dimension) : ICodeEncoder
{
    public int Dimension => dimension;

    public EncoderFingerprint Fingerprint => Models.Fingerprint;

    public int BatchSize => 64;

    public static sbyte[] CodeOf(string text, int dimension)
    {
        var hash = System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text));
        return [.. hash.Take(dimension).Select(b => (sbyte)((b % 255) - 127))];
    }

    public void Encode(IReadOnlyList<SourceRecord> records, Span<sbyte> codes)
    {
        for (var i = 0; i < records.Count; i++)
        {
            CodeOf(((TextInput)records[i].Input).Text, dimension).CopyTo(codes[(i * dimension)..]);
        }
    }

    public void Dispose()
    {
    }
}
