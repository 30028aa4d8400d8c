using LegoNet.Specs;

namespace LegoNet.Encoders;

/// <summary>
/// A record ready to be stored: identity, label and int8 code, but neither the raw input nor floats. A model that is given a sequence
/// of records copies each before it asks for the next, so a sequence may use one array for all its codes.
/// </summary>
/// <param name="Subject">Whose data it is.</param>
/// <param name="Id">The record's name, unique within its subject.</param>
/// <param name="Label">The label as the source spells it; null where it has none.</param>
/// <param name="Code">The int8 code, [d], each in −127…127.</param>
/// <param name="Fingerprint">What made the code.</param>
/// <param name="Origin">Where the record came from, for error messages.</param>
public sealed record EncodedRecord(string Subject, string Id, string? Label, sbyte[] Code, EncoderFingerprint Fingerprint, string Origin)
{
    /// <summary>
    /// The label as it is stored, [Width], where whoever read it had no text but a number, checked already; <see cref="Label"/> is then
    /// not read.
    /// </summary>
    internal int[]? LabelWords { get; init; }

    /// <summary>Gives the label as it is stored.</summary>
    /// <param name="labels">How labels are spelled and stored.</param>
    /// <param name="words">Receives the label, [Width].</param>
    /// <exception cref="LegoNetException">The label is missing, undeclared or out of range.</exception>
    internal void ReadLabel(LabelLayout labels, Span<int> words)
    {
        if (LabelWords is null)
        {
            labels.Parse(Label, Origin, words);
        }
        else
        {
            LabelWords.CopyTo(words);
        }
    }
}
