using LegoNet.Adapters;
using LegoNet.Routing;
using LegoNet.Specs;

namespace LegoNet.Storage;

/// <summary>What of a model never changes: the spec and what it names by digest.</summary>
internal sealed class FrozenParts
{
    public FrozenParts(ModelSpec spec, KeySet keys, Calibration.CodeCalibration? calibration)
    {
        Spec = spec;
        Keys = keys;
        Calibration = calibration;
        Router = new Router(keys, spec.Active);
        Trainer = AdapterTrainers.Create(SpecObject.Parse(spec.Adapter, $"{Manifest.SpecFile} (adapter)"), spec.Labels, spec.Dimension);
    }

    public ModelSpec Spec { get; }

    public KeySet Keys { get; }

    public Calibration.CodeCalibration? Calibration { get; }

    public Router Router { get; }

    public IAdapterTrainer Trainer { get; }

    public static FrozenParts Read(Manifest manifest, ModelFiles files)
    {
        var spec = ModelSpec.Parse(files.Read(Manifest.SpecFile, manifest.Spec), Manifest.SpecFile);
        if (spec.KeysDigest != manifest.Keys || spec.Calibration != manifest.Calibration)
        {
            throw LegoNetException.Damaged($"{Manifest.FileName}: names keys or a calibration that {Manifest.SpecFile} does not.");
        }

        var keys = KeyFile.Parse(files.Read(Manifest.KeysFile, manifest.Keys), Manifest.KeysFile, spec.Adapters, spec.Dimension);
        var calibration = spec.Calibration is null ? null : CalibrationFile.Parse(files.Read(Manifest.CalibrationFile, spec.Calibration), Manifest.CalibrationFile, spec.Dimension);
        return new FrozenParts(spec, keys, calibration);
    }
}
