using System.Runtime.InteropServices;
using LegoNet.Lab.Networks;

namespace LegoNet.Lab.Methods;

/// <summary>
/// The updates of every step of training, each with the records of its batch, in a temporary file that goes with the log. Of each block the
/// largest entries are kept; all of them where the fraction is 1.
/// </summary>
internal sealed class UpdateLog : IDisposable
{
    private readonly double _fraction;
    private readonly DirectoryInfo _folder;
    private readonly FileStream _file;
    private readonly List<Step> _steps = [];

    /// <param name="fraction">The share of each block's update that is kept, by magnitude.</param>
    public UpdateLog(double fraction)
    {
        _fraction = fraction;

        // For its owner only, and with a name that tells whose it is should the process be killed.
        _folder = Directory.CreateTempSubdirectory("legonet-lab-");
        _file = new FileStream(
            Path.Combine(_folder.FullName, "updates"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
    }

    /// <summary>Bytes that are kept: numbers, where only some are kept their positions, and the records of each batch.</summary>
    public long Bytes => _steps.Sum(s => s.Bytes + ((long)sizeof(int) * s.Rows.Length));

    /// <summary>Keeps the updates of a step; the signature of <see cref="TrainingPlan.Updated"/>.</summary>
    /// <param name="updates">What was added to each block; none of them frozen.</param>
    /// <param name="batch">The batch.</param>
    public void Add(IReadOnlyList<float[]> updates, IReadOnlyList<Example> batch)
    {
        var start = _file.Seek(0, SeekOrigin.End);
        foreach (var update in updates)
        {
            if (_fraction >= 1)
            {
                _file.Write(MemoryMarshal.AsBytes<float>(update));
                continue;
            }

            var pruned = update.ToArray();
            LargestMagnitudes.Keep(pruned, _fraction);
            int[] places = [.. Enumerable.Range(0, pruned.Length).Where(i => pruned[i] != 0)];
            Write([places.Length]);
            Write(places);
            _file.Write(MemoryMarshal.AsBytes<float>(Array.ConvertAll(places, i => pruned[i])));
        }

        _steps.Add(new Step(start, _file.Position - start, [.. batch.Select(e => e.Row).Distinct().Order()]));
    }

    /// <summary>Subtracts what is kept of every step that had one of some records in its batch, and drops those steps.</summary>
    /// <param name="network">The network, with the blocks that were trained.</param>
    /// <param name="rows">The records, ascending.</param>
    /// <returns>How many steps those were.</returns>
    public int Subtract(Network network, int[] rows)
    {
        foreach (var step in _steps.Where(s => Array.Exists(s.Rows, row => Array.BinarySearch(rows, row) >= 0)))
        {
            _file.Position = step.Start;
            foreach (var block in network.Blocks)
            {
                if (_fraction >= 1)
                {
                    Kernels.AddScaled(-1, Read<float>(block.Values.Length), block.Values);
                    continue;
                }

                var places = Read<int>(Read<int>(1)[0]);
                var values = Read<float>(places.Length);
                for (var i = 0; i < places.Length; i++)
                {
                    block.Values[places[i]] -= values[i];
                }
            }
        }

        return _steps.RemoveAll(s => Array.Exists(s.Rows, row => Array.BinarySearch(rows, row) >= 0));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file.Dispose();
        _folder.Delete(recursive: true);
    }

    private void Write(ReadOnlySpan<int> numbers) => _file.Write(MemoryMarshal.AsBytes(numbers));

    private T[] Read<T>(int count)
        where T : unmanaged
    {
        var values = new T[count];
        _file.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    /// <param name="Start">Where its updates begin in the file.</param>
    /// <param name="Bytes">How long they are.</param>
    /// <param name="Rows">Records of its batch, ascending.</param>
    private sealed record Step(long Start, long Bytes, int[] Rows);
}
