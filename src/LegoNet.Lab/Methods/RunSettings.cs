namespace LegoNet.Lab.Methods;

/// <summary>What a run of a method is given besides its records.</summary>
/// <param name="Seed">Seed of everything that is drawn.</param>
/// <param name="Threads">Threads to use, from 1. They change no result.</param>
public sealed record RunSettings(long Seed = 1, int Threads = 1);
