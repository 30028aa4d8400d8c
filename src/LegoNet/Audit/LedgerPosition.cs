using System.Text.Json;
using LegoNet.Data.Json;

namespace LegoNet.Audit;

/// <summary>A place in a model's history: what a statement is bound to, so that one of another model, or of a copy of it, shows.</summary>
/// <param name="Model">The model's name: the SHA-256 of its ledger's first entry.</param>
/// <param name="Sequence">The number of the ledger's newest entry when the statement was made.</param>
/// <param name="Entry">That entry's SHA-256.</param>
public sealed record LedgerPosition(string Model, int Sequence, string Entry)
{
    internal static LedgerPosition Read(StrictJson json)
    {
        var read = new LedgerPosition(json.Digest("model"), (int)json.Integer("sequence", 1, int.MaxValue), json.Digest("entry"));
        json.Finish();
        return read;
    }

    internal void WriteTo(Utf8JsonWriter json, string member)
    {
        json.WriteStartObject(member);
        json.WriteString("model", Model);
        json.WriteNumber("sequence", Sequence);
        json.WriteString("entry", Entry);
        json.WriteEndObject();
    }
}
