using LegoNet.Files;
using LegoNet.Records;

namespace LegoNet.Runs;

/// <summary>The rows that a run forgets, as its tasks found them, mapped.</summary>
/// <param name="rows">The rows, in key order.</param>
/// <param name="views">What they lie in.</param>
internal sealed class RemovedRows(IReadOnlyList<RowRef> rows, IReadOnlyList<FileView> views) : IDisposable
{
    public IReadOnlyList<RowRef> Rows => rows;

    public void Dispose()
    {
        foreach (IDisposable view in views)
        {
            view.Dispose();
        }
    }
}
