using System.Text.Json;
using LegoNet.Data.Json;

namespace LegoNet.Audit;

/// <summary>The key that signed a ledger before, in the first entry that its successor signs.</summary>
/// <param name="Signer">The key's name (<see cref="VerificationKey.Fingerprint"/>).</param>
/// <param name="Loss">Why it did not endorse its successor; null where it did.</param>
/// <param name="Successor">The new key: its SubjectPublicKeyInfo in DER, as base64.</param>
/// <param name="Endorsement">The old key's signature over <see cref="EndorsementOf"/>; null where it is lost or stolen.</param>
internal sealed record ReplacedKey(string Signer, KeyLoss? Loss, string Successor, string? Endorsement)
{
    /// <summary>The first line of what the old key signs.</summary>
    public const string Domain = "legonet.successor.v1";

    private const string Rotated = "rotated";
    private const string Lost = "lost";
    private const string Stolen = "stolen";

    /// <summary>What the old key signs: which key comes after it, from which entry of which model on.</summary>
    public static byte[] EndorsementOf(string model, int sequence, string successor) => CanonicalJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("model", model);
        json.WriteNumber("sequence", sequence);
        json.WriteString("successor", successor);
        json.WriteEndObject();
    });

    public static ReplacedKey Read(StrictJson json)
    {
        var reason = json.Choice("reason", null, Rotated, Lost, Stolen);
        var read = new ReplacedKey(
            json.Digest("signer"),
            reason switch { Lost => KeyLoss.Lost, Stolen => KeyLoss.Stolen, _ => null },
            json.String("successor"),
            json.OptionalString("endorsement"));
        json.Finish();
        return (read.Endorsement is null) == (read.Loss is not null) ? read : throw json.Error("endorsement", "does not go with the reason");
    }

    public void WriteTo(Utf8JsonWriter json, string member)
    {
        json.WriteStartObject(member);
        json.WriteString("signer", Signer);
        json.WriteString("reason", Loss switch { KeyLoss.Lost => Lost, KeyLoss.Stolen => Stolen, _ => Rotated });
        json.WriteString("successor", Successor);
        if (Endorsement is not null)
        {
            json.WriteString("endorsement", Endorsement);
        }

        json.WriteEndObject();
    }
}
