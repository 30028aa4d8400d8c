using LegoNet.Calibration;
using LegoNet.Routing;
using LegoNet.Specs;

namespace LegoNet.Pipelines;

/// <summary>What a model freezes of the encoder that makes its codes.</summary>
/// <param name="Dimension">Length d of a code.</param>
/// <param name="Declaration">The declaration as a model's spec stores it: canonical JSON without paths.</param>
/// <param name="Fingerprint">What every record's code must have been made by.</param>
/// <param name="Calibration">From encoding to code; null where the encoder gives codes directly.</param>
/// <param name="PublicKeys">
/// Keys from public reference records, by number of adapters; asked only where the plan is to use them. Throws where there are none.
/// </param>
/// <param name="ModelPath">The encoder's file; null for a built-in encoder.</param>
internal sealed record FrozenEncoder(
    int Dimension,
    string Declaration,
    EncoderFingerprint Fingerprint,
    CodeCalibration? Calibration,
    Func<int, KeySet> PublicKeys,
    string? ModelPath);
