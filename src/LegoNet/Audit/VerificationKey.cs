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

    private VerificationKey(byte[] subjectPublicKeyInfo, IReadOnlyList<KeyValidity> validity)
    {
        _subjectPublicKeyInfo = subjectPublicKeyInfo;
        Fingerprint = Digests.Of(subjectPublicKeyInfo);
        Validity = validity;
    }

    /// <summary>The key's name: SHA-256 of its SubjectPublicKeyInfo (RFC 5280, section 4.1) in DER, in hex.</summary>
    public string Fingerprint { get; }

    /// <summary>For which entries of which models' ledgers the key is valid; a model that is not named has no limits.</summary>
    public IReadOnlyList<KeyValidity> Validity { get; }

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
            var validity = new List<KeyValidity>();
            foreach (var line in rest[..fields.Location.Start].EnumerateLines())
            {
                if (line.Trim().StartsWith(KeyValidity.Start, StringComparison.Ordinal))
                {
                    validity.Add(KeyValidity.Parse(line.Trim(), name));
                }
            }

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

            keys.Add(Of(key).With(validity));
        }

        return keys.Count > 0 ? keys : throw LegoNetException.BadInput($"{name}: holds no PEM public key.");
    }

    /// <summary>The key as PEM text, ending with a line feed; above it, where there are any, the lines that say for what it is valid.</summary>
    public string ToPem() => string.Concat(Validity.Select(v => v + "\n")) + PemEncoding.WriteString("PUBLIC KEY", _subjectPublicKeyInfo) + "\n";

    internal static IReadOnlyList<VerificationKey> Load(string path, IFileLayer layer) => Parse(PemFile.Read(path, "the public key", layer), path);

    internal static VerificationKey Of(ECDsa key) => new(key.ExportSubjectPublicKeyInfo(), []);

    /// <summary>Reads a key as <see cref="ToBase64"/> writes it; null where it is none.</summary>
    internal static VerificationKey? TryParseBase64(string text)
    {
        try
        {
            return Parse($"-----BEGIN PUBLIC KEY-----\n{text}\n-----END PUBLIC KEY-----\n") is [var key] && key.ToBase64() == text ? key : null;
        }
        catch (LegoNetException)
        {
            return null;
        }
    }

    /// <summary>The key's SubjectPublicKeyInfo in DER, as base64.</summary>
    internal string ToBase64() => Convert.ToBase64String(_subjectPublicKeyInfo);

    /// <summary>The same key, valid for other entries.</summary>
    internal VerificationKey With(IReadOnlyList<KeyValidity> validity) => new(_subjectPublicKeyInfo, validity);

    /// <summary>The same key, with other limits in one model's ledger.</summary>
    internal VerificationKey With(KeyValidity validity) => With([.. Validity.Where(v => v.Model != validity.Model), validity]);

    /// <summary>What is signed: a line that says what kind of statement it is, then its canonical JSON. No statement passes for another kind.</summary>
    internal static byte[] Message(string domain, byte[] statement) => [.. Encoding.ASCII.GetBytes(domain + "\n"), .. statement];

    /// <summary>Why a statement of some moment in a model's history must not be signed with the key; null when it may.</summary>
    /// <param name="model">The model.</param>
    /// <param name="sequence">The ledger's newest entry at that moment.</param>
    /// <param name="isEntry">Whether the statement is that entry. One that a later entry of another key follows holds even if its key was stolen.</param>
    internal string? WhyNotValid(string model, int sequence, bool isEntry)
    {
        if (!isEntry && Validity.Any(v => v.IsRevoked))
        {
            return "is signed with a key that was stolen and revoked; ask for it to be made again under the key in use";
        }

        KeyValidity[] own = [.. Validity.Where(v => v.Model == model)];
        return own.Length == 0 || own.Any(v => v.Covers(sequence)) ? null
            : $"is signed at entry {sequence} with a key that is valid for entries {string.Join(", ", own.Select(v => $"{v.First}-{v.Last}"))} only";
    }

    /// <summary>Whether a signature belongs to a statement.</summary>
    internal bool Verify(string domain, byte[] statement, string signature)
    {
        // A P-256 signature has at most 72 bytes. One spelling of base64 only, and one of the signature: nobody without the key can
        // vary a file that it signed.
        var bytes = new byte[80];
        if (signature.Length > 96 || !Convert.TryFromBase64String(signature, bytes, out var length)
            || Convert.ToBase64String(bytes.AsSpan(0, length)) != signature || !P256Signature.IsCanonical(bytes.AsMemory(0, length)))
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
            return key.VerifyData(Message(domain, statement), bytes.AsSpan(0, length), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
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
