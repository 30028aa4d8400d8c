using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using LegoNet.Data.Files;
using LegoNet.Files;

namespace LegoNet.Audit;

/// <summary>
/// The public part of a signing key, ECDSA over P-256 with SHA-256: checks the signatures of ledger entries, receipts and membership
/// proofs, and can be given to anybody. Thread-safe.
/// </summary>
public sealed class VerificationKey
{
    // Opening a key costs more than a check with it, and one opened key serves one thread at a time.
    private readonly ConcurrentBag<ECDsa> _opened = [];
    private readonly byte[] _subjectPublicKeyInfo;

    private VerificationKey(byte[] subjectPublicKeyInfo)
    {
        _subjectPublicKeyInfo = subjectPublicKeyInfo;
        Fingerprint = Digests.Of(subjectPublicKeyInfo);
    }

    /// <summary>The key's name: SHA-256 of its SubjectPublicKeyInfo (RFC 5280, section 4.1) in DER, in hex.</summary>
    public string Fingerprint { get; }

    /// <summary>Reads a PEM file of one or more public keys: after a change of keys, the old ones stay listed.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="LegoNetException">The file is missing, or holds something else than public keys on the curve P-256.</exception>
    public static IReadOnlyList<VerificationKey> Load(string path) => Load(path, PhysicalFileLayer.Instance);

    /// <summary>Reads one or more public keys from PEM text.</summary>
    /// <param name="pem">The text: blocks with the label PUBLIC KEY.</param>
    /// <param name="name">What the text is called in messages.</param>
    /// <exception cref="LegoNetException">The text holds something else than public keys on the curve P-256.</exception>
    public static IReadOnlyList<VerificationKey> Parse(string pem, string name = "public key")
    {
        ArgumentNullException.ThrowIfNull(pem);
        var keys = new List<VerificationKey>();
        for (ReadOnlySpan<char> rest = pem; PemEncoding.TryFind(rest, out var fields); rest = rest[fields.Location.End..])
        {
            if (rest[fields.Label] is not "PUBLIC KEY")
            {
                throw LegoNetException.BadInput($"{name}: holds something else than public keys; give away the public key only.");
            }

            using var key = ECDsa.Create();
            try
            {
                var info = new byte[fields.DecodedDataLength];
                Convert.TryFromBase64Chars(rest[fields.Base64Data], info, out _);
                key.ImportSubjectPublicKeyInfo(info, out var read);
                if (read != info.Length || !PemFile.IsP256(key.ExportParameters(includePrivateParameters: false).Curve))
                {
                    throw LegoNetException.BadInput($"{name}: a key in it is on another curve than P-256.");
                }
            }
            catch (Exception e) when (e is CryptographicException or ArgumentException or NotSupportedException)
            {
                throw LegoNetException.BadInput($"{name}: a key in it is no public key on the curve P-256.", e);
            }

            keys.Add(Of(key));
        }

        return keys.Count > 0 ? keys : throw LegoNetException.BadInput($"{name}: holds no PEM public key.");
    }

    /// <summary>The key as PEM text, ending with a line feed.</summary>
    public string ToPem() => PemEncoding.WriteString("PUBLIC KEY", _subjectPublicKeyInfo) + "\n";

    internal static IReadOnlyList<VerificationKey> Load(string path, IFileLayer layer) => Parse(PemFile.Read(path, "the public key", layer), path);

    internal static VerificationKey Of(ECDsa key) => new(key.ExportSubjectPublicKeyInfo());

    /// <summary>What is signed: a line that says what kind of statement it is, then its canonical JSON. No statement passes for another kind.</summary>
    internal static byte[] Message(string domain, byte[] statement) => [.. Encoding.ASCII.GetBytes(domain + "\n"), .. statement];

    /// <summary>Why a signature does not hold under the key among some that it names; null when it holds.</summary>
    internal static string? Refuse(IReadOnlyCollection<VerificationKey> keys, string signer, string domain, byte[] statement, string signature)
        => keys.FirstOrDefault(k => k.Fingerprint == signer) is not { } key ? "is signed with a key that is not among those given"
            : key.Verify(domain, statement, signature) ? null
            : "is not what its signature was made for";

    /// <summary>Whether a signature belongs to a statement.</summary>
    internal bool Verify(string domain, byte[] statement, string signature)
    {
        // A P-256 signature has at most 72 bytes. One spelling of base64 only. (What is signed is bound; the signature is not: with
        // (r, s), (r, −s) holds too, so a file with a signature may be varied in it by anybody, and in nothing else.)
        Span<byte> bytes = stackalloc byte[80];
        if (signature.Length > 96 || !Convert.TryFromBase64String(signature, bytes, out var length) || Convert.ToBase64String(bytes[..length]) != signature)
        {
            return false;
        }

        if (!_opened.TryTake(out var key))
        {
            key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(_subjectPublicKeyInfo, out _);
        }

        try
        {
            return key.VerifyData(Message(domain, statement), bytes[..length], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        }
        catch (CryptographicException)
        {
            return false; // Not a DER sequence of two integers.
        }
        finally
        {
            _opened.Add(key);
        }
    }
}
