using LegoNet.Data;

namespace LegoNet.Runs;

/// <summary>A part of a run's input: records that follow each other in the source.</summary>
/// <param name="Start">Where the first of them begins.</param>
/// <param name="Records">Records, from 1.</param>
/// <param name="Bytes">Bytes of them that were digested.</param>
/// <param name="Digest">A keyed hash of all that the source says of them, in hex. Keyed, so that it confirms no guess of a record.</param>
internal sealed record InputPart(SourcePosition Start, long Records, long Bytes, string Digest);
