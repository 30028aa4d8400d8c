using System.Buffers;
using System.Security.Cryptography;

namespace LegoNet.Data.Files;

/// <summary>SHA-256 digests as this project spells them: 64 lower-case hexadecimal digits.</summary>
internal static class Digests
{
    private static readonly SearchValues<char> s_hexDigits = SearchValues.Create("0123456789abcdef");

    public static string Of(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    public static string OfFile(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    public static bool IsHex(string? text) => text is { Length: 64 } && AreHexDigits(text);

    public static bool AreHexDigits(string text) => !text.AsSpan().ContainsAnyExcept(s_hexDigits);
}
