namespace LegoNet.Adapters;

/// <summary>What a trainer returns.</summary>
/// <param name="Adapter">The adapter's file: a function of the shard's rows, the options and the seed, and of nothing else.</param>
/// <param name="Sums">
/// Integer sums over the shard by which a later change can be applied without its rows, by name; null where the fit used none, and always from a trainer
/// that is no <see cref="ISummingTrainer"/>. They are
/// stored where <see cref="ISummingTrainer.KeepsSums"/> says so.
/// </param>
public sealed record FittedAdapter(byte[] Adapter, IReadOnlyDictionary<string, long[]>? Sums = null);
