using LegoNet.Specs;

namespace LegoNet.MLNet;

/// <summary>Options that the exact ridge trainers have in common: one ridge model on all records, without routing.</summary>
public abstract class ExactRidgeOptions : ExactTrainerOptions
{
    private protected ExactRidgeOptions()
    {
    }

    internal sealed override int AdapterCount => 1;

    internal sealed override int ActiveCount => 1;

    internal sealed override KeySource KeySource => KeySource.Gaussian;

    internal sealed override long KeySeed => 1;

    internal sealed override string? AdapterJson => null;
}
