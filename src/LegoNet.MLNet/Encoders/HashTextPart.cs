using LegoNet.Encoders.Hashing;

namespace LegoNet.MLNet.Encoders;

/// <summary>The texts of a table's row.</summary>
/// <param name="Columns">The columns, whose texts are joined by line feeds.</param>
/// <param name="Options">How the text is hashed.</param>
internal sealed record HashTextPart(IReadOnlyList<string> Columns, HashingOptions Options);
