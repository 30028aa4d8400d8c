namespace LegoNet.Adapters;

/// <summary>What a fit is given besides its rows.</summary>
/// <param name="Seed">The adapter's seed, for trainers that draw.</param>
/// <param name="Threads">Threads that the fit may use, from 1. They change its time and never a byte of what it returns.</param>
public readonly record struct FitSettings(ulong Seed, int Threads = 1);
