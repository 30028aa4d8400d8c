using System.Text.Json;
using LegoNet.Data.Json;

namespace LegoNet.Audit;

/// <summary>The oldest entries of a ledger, which a signed entry says were removed.</summary>
/// <param name="Through">The number of the last one removed; those before it are gone, too.</param>
/// <param name="Digest">Its digest, which the first entry that is left names as the one before.</param>
internal sealed record PrunedEntries(int Through, string Digest)
{
    public static PrunedEntries Read(StrictJson json)
    {
        var read = new PrunedEntries((int)json.Integer("through", 1, int.MaxValue), json.Digest("digest"));
        json.Finish();
        return read;
    }

    public void WriteTo(Utf8JsonWriter json, string member)
    {
        json.WriteStartObject(member);
        json.WriteNumber("through", Through);
        json.WriteString("digest", Digest);
        json.WriteEndObject();
    }
}
