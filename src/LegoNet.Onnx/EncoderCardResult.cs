using LegoNet.Calibration;

namespace LegoNet.Onnx;

/// <summary>A card that was made.</summary>
/// <param name="Card">The card, as read back from its file.</param>
/// <param name="Note">A sentence on anything the user should know; null for nothing.</param>
public sealed record EncoderCardResult(CalibrationCard Card, string? Note);
