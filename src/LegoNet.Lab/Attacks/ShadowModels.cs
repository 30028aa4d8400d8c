using System.Runtime.ExceptionServices;

namespace LegoNet.Lab.Attacks;

/// <summary>Models that are trained beside each other, each by one thread.</summary>
internal static class ShadowModels
{
    /// <summary>Trains them.</summary>
    /// <param name="count">How many.</param>
    /// <param name="threads">How many at a time.</param>
    /// <param name="train">Trains one, by its number.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="LegoNetException">One could not be trained: the failure of the lowest number, whatever the threads.</exception>
    /// <exception cref="IOException">One could not keep what it must, likewise.</exception>
    public static void Train(int count, int threads, Action<int> train, CancellationToken cancellationToken)
    {
        var failures = new ExceptionDispatchInfo?[count];
        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken }, (shadow, loop) =>
        {
            try
            {
                train(shadow);
            }
            catch (Exception e) when (e is LegoNetException or IOException)
            {
                failures[shadow] = ExceptionDispatchInfo.Capture(e);
                loop.Break();
            }
        });
        Array.Find(failures, f => f is not null)?.Throw();
    }
}
