namespace LegoNet.Runs;

/// <summary>A part of a run's input: records that follow each other in the source.</summary>
/// <param name="First">The place of the first among all records of the source, from 0.</param>
/// <param name="Records">Records, from 1.</param>
/// <param name="Bytes">Bytes of them that were digested.</param>
/// <param name="Digest">A keyed hash of all that the source says of them, in hex. Keyed, so that it confirms no guess of a record.</param>
internal sealed record InputPart(long First, long Records, long Bytes, string Digest);
