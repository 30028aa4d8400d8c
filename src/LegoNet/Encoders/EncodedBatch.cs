using LegoNet.Data;

namespace LegoNet.Encoders;

/// <summary>Some records of a source and their codes.</summary>
/// <param name="Records">The records, in the source's order.</param>
/// <param name="Codes">Row-major int8 codes, [records, d], each in −127…127.</param>
public sealed record EncodedBatch(SourceRecord[] Records, sbyte[] Codes);
