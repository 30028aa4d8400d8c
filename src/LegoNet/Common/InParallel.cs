using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace LegoNet.Common;

/// <summary>Independent pieces of work on several threads.</summary>
internal static class InParallel
{
    /// <summary>Runs an action for each item; the first failure is the failure of the whole, not that several ran at a time.</summary>
    /// <param name="items">The items. They may differ in what they cost: a thread takes one at a time.</param>
    /// <param name="threads">Items at a time.</param>
    /// <param name="action">What to do.</param>
    /// <param name="cancellationToken">Cancels between items.</param>
    public static void ForEach<T>(IEnumerable<T> items, int threads, Action<T> action, CancellationToken cancellationToken = default)
    {
        if (threads == 1)
        {
            foreach (var item in items)
            {
                cancellationToken.ThrowIfCancellationRequested();
                action(item);
            }

            return;
        }

        try
        {
            Parallel.ForEach(
                Partitioner.Create(items, EnumerablePartitionerOptions.NoBuffering),
                new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken },
                action);
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions.FirstOrDefault(x => x is LegoNetException) ?? e.InnerExceptions[0]);
        }
    }

    /// <summary>Splits items into ranges and runs an action for each, in the caller's thread alone where there is but one.</summary>
    /// <param name="count">Items, from 0.</param>
    /// <param name="least">Items that are worth a thread, from 1: no range but the last is shorter.</param>
    /// <param name="threads">Ranges at a time.</param>
    /// <param name="action">Takes a range: its first item and the one after its last.</param>
    public static void Ranges(int count, int least, int threads, Action<int, int> action)
    {
        // More than threads, so that those that are free take over what a busy one would be late with.
        const int PerThread = 4;
        var length = threads == 1 ? count : Math.Max(least, (int)((count + (PerThread * (long)threads) - 1) / (PerThread * (long)threads)));
        if (length >= count)
        {
            action(0, count);
            return;
        }

        ForEach(
            Enumerable.Range(0, (count + length - 1) / length),
            threads,
            range => action(range * length, Math.Min(count, (range + 1) * length)));
    }
}
