using System.Diagnostics;

namespace LegoNet.TestSupport;

/// <summary>
/// Gives a reader hostile files, one after the other, the same ones in every run of the same length. A reader may refuse a file with
/// its own exception, and it may not fail otherwise, take long, or take memory that the file's size does not explain.
/// </summary>
internal static class Fuzzer
{
    /// <summary>Names the variable with the seconds that each reader is fuzzed for, for long runs by hand.</summary>
    public const string SecondsVariable = "LEGONET_TEST_FUZZ_SECONDS";

    private const double DefaultSeconds = 1;
    private const long FixedBytes = 48L << 20;

    // Far above what any reader takes, since the machine may be busy; a loop without end is over it all the same.
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    /// <summary>Fuzzes one reader.</summary>
    /// <param name="seeds">Well-formed files.</param>
    /// <param name="mutate">Makes a hostile file of a well-formed one.</param>
    /// <param name="read">Reads a file; what it accepts it also checks.</param>
    /// <param name="bytesPerByte">Bytes of memory that a byte of the file may claim.</param>
    /// <param name="isRefusal">The reader's own exception; default: <see cref="LegoNetException"/>.</param>
    public static void Run(
        IReadOnlyList<byte[]> seeds,
        Func<Mutator, byte[], byte[]> mutate,
        Action<byte[]> read,
        long bytesPerByte = 200,
        Func<Exception, bool>? isRefusal = null)
    {
        foreach (var file in seeds)
        {
            read(file); // The seeds themselves are read, or nothing behind their first check would ever be reached.
        }

        var seconds = double.TryParse(Environment.GetEnvironmentVariable(SecondsVariable), out var asked) ? asked : DefaultSeconds;
        var started = Stopwatch.GetTimestamp();
        int files = 0, accepted = 0;
        long most = 0;
        while (Stopwatch.GetElapsedTime(started).TotalSeconds < seconds)
        {
            var seed = files++;
            var mutator = new Mutator(seed);
            var file = mutate(mutator, seeds[mutator.Random.Next(seeds.Count)]);
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var began = Stopwatch.GetTimestamp();
            try
            {
                read(file);
                accepted++;
            }
            catch (Exception e) when (isRefusal?.Invoke(e) ?? e is LegoNetException)
            {
                Assert.False(e.Message.Contains('\n', StringComparison.Ordinal), $"seed {seed}: more than one line: {e.Message}");
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed}: {e}\n{Describe(file)}");
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            most = Math.Max(most, allocated);
            Assert.True(
                allocated < FixedBytes + (bytesPerByte * file.Length),
                $"seed {seed}: {allocated:N0} bytes of memory for a file of {file.Length:N0}\n{Describe(file)}");
            Assert.True(Stopwatch.GetElapsedTime(began) < s_limit, $"seed {seed}: took {Stopwatch.GetElapsedTime(began)}\n{Describe(file)}");
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{files:N0} files, {accepted:N0} accepted, at most {most / 1048576.0:F1} MiB");
    }

    private static string Describe(byte[] file) => $"{file.Length} bytes: {Convert.ToBase64String(file.AsSpan(0, Math.Min(file.Length, 3000)))}";
}
