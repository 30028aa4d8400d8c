using LegoNet.Data.Json;

namespace LegoNet.Audit;

/// <summary>A kind of signed statement.</summary>
/// <param name="Name">What a text should be, for messages.</param>
/// <param name="Domain">The first line of what is signed: no statement passes for one of another kind.</param>
/// <param name="Error">The kind of failure where a text is none.</param>
/// <param name="WayOut">What to do about a statement of another format: the end of a sentence.</param>
/// <param name="MaximalLength">Characters that a text may have.</param>
internal sealed record StatementKind(string Name, string Domain, LegoNetError Error, string WayOut, int MaximalLength)
{
    public static StatementKind LedgerEntry { get; } = new(
        "a ledger entry",
        "legonet.ledger.v2",
        LegoNetError.Damaged,
        "; a repair that accepts the loss sets a ledger of another version aside and begins a new one",
        MaximalLength: int.MaxValue);

    public static StatementKind Receipt { get; } = new("a receipt", "legonet.receipt.v2", LegoNetError.BadInput, "", MaximalLength: 1 << 24);

    public static StatementKind Proof { get; } = new("a membership proof", "legonet.proof.v2", LegoNetError.BadInput, "", MaximalLength: 1 << 17);

    /// <summary>The format's number, which is that of the first version whose statements are bound to their model.</summary>
    public const int Format = 2;

    /// <summary>How a text is read.</summary>
    public JsonRules Rules { get; } = JsonRules.For(Error, Name);

    /// <summary>Reads a statement. Whether its signature holds is another question.</summary>
    /// <param name="json">The text.</param>
    /// <param name="file">What the text is called in messages.</param>
    /// <param name="read">Reads all members but the format's number.</param>
    /// <exception cref="LegoNetException">The text is no statement of this kind, or of another format.</exception>
    public T Parse<T>(string json, string file, Func<StrictJson, T> read)
    {
        ArgumentNullException.ThrowIfNull(json);
        return json.Length <= MaximalLength ? Parse(StrictJson.Parse(json, file, Rules), read) : throw Rules.Failure(file, "it is too long");
    }

    /// <inheritdoc cref="Parse{T}(string, string, Func{StrictJson, T})"/>
    public T Parse<T>(ReadOnlySpan<byte> json, string file, Func<StrictJson, T> read) => Parse(StrictJson.Parse(json, file, Rules), read);

    private T Parse<T>(StrictJson root, Func<StrictJson, T> read)
    {
        // The first version's ledger entries had no number.
        var format = root.Integer("format", 0, int.MaxValue, defaultValue: 1);
        if (format != Format)
        {
            throw root.Error(null, $"has format {format}, and this version reads format {Format}{WayOut}");
        }

        var statement = read(root);
        root.Finish();
        return statement;
    }
}
