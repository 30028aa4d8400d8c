using LegoNet.Calibration;
using LegoNet.Data;
using LegoNet.Data.Json;

namespace LegoNet.Encoders;

/// <summary>Creates encoders of one type.</summary>
public interface IEncoderFactory
{
    /// <summary>
    /// What all encoders of the type read; null, the default, where it depends on the description. A type that reads texts or table rows
    /// can be a part of a "composite" encoder, if its encoders need neither a calibration nor a file.
    /// </summary>
    RecordInputKind? InputKind => null;

    /// <summary>Creates the encoder that a pipeline's spec describes.</summary>
    /// <param name="encoder">The spec's "encoder" object, read strictly.</param>
    /// <param name="settings">Settings of the run.</param>
    /// <exception cref="LegoNetException">The description is malformed, or a file it names is missing or does not match.</exception>
    EncoderSetup Create(StrictJson encoder, EncoderSettings settings);

    /// <summary>Creates the encoder that a model declares.</summary>
    /// <param name="declaration">The stored declaration.</param>
    /// <param name="calibration">The stored calibration; null where the encoder gives codes directly.</param>
    /// <param name="settings">Settings of the run.</param>
    /// <exception cref="LegoNetException">The encoder's file is missing or is not the one that the model names.</exception>
    EncoderSetup Open(StrictJson declaration, CodeCalibration? calibration, EncoderSettings settings);
}
