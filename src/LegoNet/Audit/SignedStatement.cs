using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using LegoNet.Data.Json;

namespace LegoNet.Audit;

/// <summary>What a receipt, a ledger entry and a membership proof have in common: members, and who signed them.</summary>
/// <param name="Kind">What is stated.</param>
/// <param name="WriteMembers">Writes all members but the format's number, the signer and the signature.</param>
/// <param name="Signer">The key that signed (<see cref="VerificationKey.Fingerprint"/>); empty before signing.</param>
/// <param name="Signature">ECDSA signature (P-256, SHA-256, DER) in base64; empty before signing.</param>
internal sealed record SignedStatement(StatementKind Kind, Action<Utf8JsonWriter> WriteMembers, string Signer, string Signature)
{
    private static readonly JsonWriterOptions s_forPeople = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The statement under the signature of a key.</summary>
    public SignedStatement Sign(SigningKey key)
    {
        var named = this with { Signer = key.PublicKey.Fingerprint };
        return named with { Signature = key.Sign(Kind.Domain, named.Unsigned()) };
    }

    /// <summary>Why the signature does not hold under any of some keys; null when it does.</summary>
    /// <param name="keys">The keys that are trusted.</param>
    /// <param name="model">The model that the statement is about.</param>
    /// <param name="sequence">The ledger's newest entry when the statement was made; the entry itself where it is one.</param>
    public string? Refuse(IReadOnlyCollection<VerificationKey> keys, string model, int sequence)
        => keys.FirstOrDefault(k => k.Fingerprint == Signer) is not { } key ? "is signed with a key that is not among those given"
            : !key.Verify(Kind.Domain, Unsigned(), Signature) ? "is not what its signature was made for"
            : key.WhyNotValid(model, sequence, isEntry: Kind == StatementKind.LedgerEntry);

    /// <summary>The statement as JSON, for people.</summary>
    public string ToJson()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, s_forPeople))
        {
            WriteTo(json, signed: true);
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <summary>The statement as canonical JSON.</summary>
    public byte[] ToCanonicalJson() => CanonicalJson.Write(json => WriteTo(json, signed: true));

    /// <summary>What is signed: the statement without its signature, as canonical JSON.</summary>
    private byte[] Unsigned() => CanonicalJson.Write(json => WriteTo(json, signed: false));

    private void WriteTo(Utf8JsonWriter json, bool signed)
    {
        json.WriteStartObject();
        json.WriteNumber("format", StatementKind.Format);
        WriteMembers(json);
        json.WriteString("signer", Signer);
        if (signed)
        {
            json.WriteString("signature", Signature);
        }

        json.WriteEndObject();
    }
}
