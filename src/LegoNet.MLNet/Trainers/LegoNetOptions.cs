using LegoNet.Data.Json;
using LegoNet.Specs;

namespace LegoNet.MLNet;

/// <summary>Options that the LegoNet trainers have in common.</summary>
public abstract class LegoNetOptions : ExactTrainerOptions
{
    private protected LegoNetOptions()
    {
    }

    /// <summary>Number n of adapters, the small models that are fitted. More of them forget faster. Default: 64. Range: 1 to 65,535.</summary>
    public int Adapters { get; set; } = 64;

    /// <summary>Number k of adapters that a record is routed to; a forgotten record refits that many. Default: 8. Range: 1 to <see cref="Adapters"/>.</summary>
    public int Active { get; set; } = 8;

    /// <summary>
    /// Where the adapters' keys come from: drawn from <see cref="Seed"/>, or the codes of public reference records from the encoder's card.
    /// Default: drawn.
    /// </summary>
    public KeySource Keys { get; set; } = KeySource.Gaussian;

    /// <summary>Seed of Gaussian keys and of adapter trainers that draw. Default: 1. Range: from 0.</summary>
    public long Seed { get; set; } = 1;

    /// <summary>
    /// The adapters' trainer and its options, as the "adapter" member of a spec: JSON such as <c>{"trainer":"ridge","lambda":100000}</c> or
    /// <c>{"trainer":"mlnet:lbfgs"}</c>. Default: null, ridge with <see cref="ExactTrainerOptions.Lambda"/>.
    /// </summary>
    public string? Adapter { get; set; }

    internal sealed override int AdapterCount => Adapters;

    internal sealed override int ActiveCount => Active;

    internal sealed override KeySource KeySource => Keys;

    internal sealed override long KeySeed => Seed;

    internal sealed override string? AdapterJson => Adapter;

    internal override void Validate()
    {
        base.Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(Adapters, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Adapters, 65_535);
        ArgumentOutOfRangeException.ThrowIfLessThan(Active, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Active, Adapters);
        ArgumentOutOfRangeException.ThrowIfNegative(Seed);
        if (!Enum.IsDefined(Keys))
        {
            throw new ArgumentOutOfRangeException(nameof(Keys), Keys, "Is no source of keys.");
        }

        try
        {
            _ = Adapter is null ? null : SpecObject.Parse(Adapter, nameof(Adapter)).String("trainer");
        }
        catch (LegoNetException e)
        {
            throw new ArgumentException(e.Message, nameof(Adapter), e);
        }
    }
}
