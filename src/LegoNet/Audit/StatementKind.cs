using LegoNet.Data.Json;

namespace LegoNet.Audit;

/// <summary>A kind of signed statement.</summary>
/// <param name="Name">What a text should be, for messages.</param>
/// <param name="Domain">The first line of what is signed: no statement passes for one of another kind.</param>
/// <param name="Error">The kind of failure where a text is none.</param>
/// <param name="Format">The format's number; null where statements of this kind bear none.</param>
/// <param name="MaximalLength">Characters that a text may have.</param>
internal sealed record StatementKind(string Name, string Domain, LegoNetError Error, int? Format = null, int MaximalLength = int.MaxValue)
{
    public static StatementKind LedgerEntry { get; } = new("a ledger entry", "legonet.ledger.v1", LegoNetError.Damaged);

    public static StatementKind Receipt { get; } = new("a receipt", "legonet.receipt.v1", LegoNetError.BadInput, Format: 1, MaximalLength: 1 << 24);

    public static StatementKind Proof { get; } = new("a membership proof", "legonet.proof.v1", LegoNetError.BadInput, Format: 1, MaximalLength: 1 << 17);

    /// <summary>How a text is read.</summary>
    public JsonRules Rules { get; } = JsonRules.For(Error, Name);

    /// <summary>Reads a statement that has a format's number. Whether its signature holds is another question.</summary>
    /// <param name="json">The text.</param>
    /// <param name="file">What the text is called in messages.</param>
    /// <param name="read">Reads all members but the format's number.</param>
    /// <exception cref="LegoNetException">The text is no statement of this kind, or of another format.</exception>
    public T Parse<T>(string json, string file, Func<StrictJson, T> read)
    {
        ArgumentNullException.ThrowIfNull(json);
        if (json.Length > MaximalLength)
        {
            throw Rules.Failure(file, "it is too long");
        }

        var root = StrictJson.Parse(json, file, Rules);
        var format = root.Integer("format", 0, int.MaxValue);
        if (format != Format)
        {
            throw root.Error(null, $"has format {format}, and this version reads format {Format}");
        }

        var statement = read(root);
        root.Finish();
        return statement;
    }
}
