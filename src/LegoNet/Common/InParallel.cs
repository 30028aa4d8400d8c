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
}
