using LegoNet.Numerics;
namespace LegoNet.TestSupport.Golden;

/// <summary>Whole numbers drawn by SplitMix64, written out here so that golden inputs hang on nothing of the code under test.</summary>
internal sealed class GoldenDraws(int number, int version)
{
    private ulong _state = ((ulong)number << 8) + (ulong)version;

    /// <summary>The next number, 0…bound − 1.</summary>
    public int Below(int bound)
    {
        unchecked
        {
            _state += 0x9E3779B97F4A7C15;
            var z = (_state ^ (_state >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return (int)((z ^ (z >> 31)) % (ulong)bound);
        }
    }
}
