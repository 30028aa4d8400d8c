namespace LegoNet.Calibration;

/// <summary>What a <see cref="CalibrationBuilder"/> found.</summary>
/// <param name="Calibration">Mean, scale and projection.</param>
/// <param name="Keys">Codes of the chosen reference records, row-major [N, d], in ascending order of their encodings' SHA-256.</param>
/// <param name="ReferenceCount">How many reference records there were.</param>
/// <param name="ReferenceSha256">SHA-256 over the sorted SHA-256 digests of all encodings (little-endian float32), in lower-case hex.</param>
public sealed record CalibrationResult(CodeCalibration Calibration, ReadOnlyMemory<sbyte> Keys, int ReferenceCount, string ReferenceSha256);
