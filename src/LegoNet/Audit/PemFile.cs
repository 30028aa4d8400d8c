using System.Security.Cryptography;
using LegoNet.Files;

namespace LegoNet.Audit;

/// <summary>What reading private and public key files have in common.</summary>
internal static class PemFile
{
    private const string P256 = "1.2.840.10045.3.1.7";
    private const int MaximalLength = 1 << 16;

    /// <summary>The text of a key file.</summary>
    /// <exception cref="LegoNetException">The file cannot be read, or is too long to be one.</exception>
    public static string Read(string path, string what, IFileLayer layer)
    {
        try
        {
            if (layer.Length(path) > MaximalLength)
            {
                throw LegoNetException.BadInput($"{path}: too long for a key file.");
            }

            using var reader = new StreamReader(new MemoryStream(layer.ReadAllBytes(path)));
            return reader.ReadToEnd();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw LegoNetException.BadInput($"{path}: {what} cannot be read ({LegoNetException.Cause(e)}).", e);
        }
    }

    public static bool IsP256(in ECCurve curve) => curve.IsNamed && curve.Oid.Value == P256;
}
