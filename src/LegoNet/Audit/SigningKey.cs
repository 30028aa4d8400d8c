using System.Security.Cryptography;
using System.Text;
using LegoNet.Files;

namespace LegoNet.Audit;

/// <summary>
/// The private key under which ledger entries, receipts and membership proofs are signed: ECDSA over P-256 with SHA-256 (FIPS 186-5),
/// as an unencrypted PKCS#8 PEM file beside the model. Scoring, opening and verifying need only its public part.
/// </summary>
internal sealed class SigningKey : IDisposable
{
    private readonly ECDsa _key;
    private readonly Lock _signing = new();

    private SigningKey(ECDsa key)
    {
        _key = key;
        PublicKey = VerificationKey.Of(key);
    }

    /// <summary>The public part, to be given to whoever checks signatures.</summary>
    public VerificationKey PublicKey { get; }

    /// <summary>A new random key, kept in memory only.</summary>
    public static SigningKey CreateRandom() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>Reads a PEM file that holds one private key.</summary>
    /// <param name="path">The file.</param>
    /// <param name="layer">File operations.</param>
    /// <exception cref="LegoNetException">The file is missing, is encrypted, or holds no private key on the curve P-256.</exception>
    public static SigningKey Load(string path, IFileLayer layer)
    {
        var pem = PemFile.Read(path, "the signing key", layer);
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            var parameters = key.ExportParameters(includePrivateParameters: true);
            CryptographicOperations.ZeroMemory(parameters.D);
            return PemFile.IsP256(parameters.Curve)
                ? new SigningKey(key)
                : throw LegoNetException.BadInput($"{path}: its key is on another curve than P-256.");
        }
        catch (LegoNetException)
        {
            key.Dispose();
            throw;
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException or NotSupportedException)
        {
            key.Dispose();
            throw LegoNetException.BadInput($"{path}: not a signing key (one unencrypted PEM private key on the curve P-256 is expected).", e);
        }
    }

    /// <summary>Reads a key file, or creates it with owner-only permissions where it does not exist.</summary>
    /// <param name="path">The file.</param>
    /// <param name="layer">File operations.</param>
    /// <exception cref="LegoNetException">The file holds no signing key, or cannot be created.</exception>
    public static SigningKey LoadOrCreate(string path, IFileLayer layer)
    {
        if (!layer.FileExists(path))
        {
            using var created = CreateRandom();
            created.Save(path, layer);
        }

        return Load(path, layer);
    }

    /// <summary>Writes the key to a new file with owner-only permissions; an existing file is left as it is.</summary>
    /// <param name="path">The file.</param>
    /// <param name="layer">File operations.</param>
    /// <exception cref="LegoNetException">The file cannot be created.</exception>
    public void Save(string path, IFileLayer layer)
    {
        var bytes = Encoding.ASCII.GetBytes(_key.ExportPkcs8PrivateKeyPem() + "\n");
        try
        {
            layer.TryCreate(path, bytes, secret: true);
            NewFile.RemoveDrafts(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw LegoNetException.BadInput($"{path}: the signing key cannot be created ({LegoNetException.Cause(e)}).", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>Drops the key from memory.</summary>
    public void Dispose() => _key.Dispose();

    /// <summary>Signs a statement.</summary>
    /// <returns>The signature in ASN.1 DER, which other tools read too, as base64.</returns>
    public string Sign(string domain, byte[] statement)
    {
        lock (_signing)
        {
            var message = VerificationKey.Message(domain, statement);
            var fields = _key.SignData(message, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
            return Convert.ToBase64String(P256Signature.Encode(fields));
        }
    }
}
