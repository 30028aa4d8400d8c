namespace LegoNet.Data;

/// <summary>What one look through a source tells: how many records it has, and where some of them begin, evenly spread.</summary>
internal sealed class SourceIndex
{
    // So many that little lies between two of them, and so few that they take less than 2 MB. Half as many at least are always there.
    private const int DefaultMost = 1 << 16;

    private readonly int _most;
    private readonly List<SourcePosition> _positions = [];
    private long _step = 1;

    /// <summary>Begins an index; records follow by <see cref="Add"/>.</summary>
    /// <param name="most">The most positions to keep: even, and a bound on memory however many records there are.</param>
    public SourceIndex(int most = DefaultMost) => _most = most;

    /// <summary>Records.</summary>
    public long Records { get; private set; }

    /// <summary>What the source's files looked like before they were read.</summary>
    public IReadOnlyList<(long Bytes, DateTime Written)> Looks { get; set; } = [];

    /// <summary>Whether the source can be read from any of its records on; otherwise it has to be read from the start.</summary>
    public bool CanSeek => _positions.Count > 0;

    /// <summary>The index of a source that finds each record by its number.</summary>
    public static SourceIndex ByNumber(long records)
    {
        var index = new SourceIndex { Records = records, _step = long.MaxValue };
        index._positions.Add(default);
        return index;
    }

    /// <summary>The index of a source that has to be read from the start.</summary>
    public static SourceIndex FromStart(long records) => new() { Records = records };

    /// <summary>Adds the next record.</summary>
    public void Add(SourcePosition position)
    {
        Records = position.Record + 1;
        if (position.Record % _step != 0)
        {
            return;
        }

        if (_positions.Count == _most)
        {
            for (var i = 0; i < _most / 2; i++)
            {
                _positions[i] = _positions[2 * i];
            }

            _positions.RemoveRange(_most / 2, _most / 2);
            _step *= 2;
        }

        _positions.Add(position);
    }

    /// <summary>The last known position that is not behind a record.</summary>
    public SourcePosition Before(long record) => _positions[(int)(record / _step)];
}
