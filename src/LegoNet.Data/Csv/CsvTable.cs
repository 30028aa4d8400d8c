using System.Globalization;
using System.Text;
using System.Text.Unicode;
using LegoNet.Data.Files;

namespace LegoNet.Data.Csv;

/// <summary>A delimited text file with named columns: every row has one field per column and is valid UTF-8.</summary>
internal sealed class CsvTable : IDisposable
{
    private const int Often = 1 << 16;

    private readonly CsvReader _reader;
    private readonly bool _skipBlank;
    private bool _firstRowWaits;

    private CsvTable(string path, Stream stream, CsvOptions options)
    {
        Path = path;
        CanSeek = stream.CanSeek;
        _reader = new CsvReader(stream, path, options);
        _skipBlank = options.SkipBlank;
        if (options is { HasHeader: false, Columns: { } columns })
        {
            Columns = columns;
            return;
        }

        if (!ReadRow())
        {
            throw LegoNetException.BadInput(options.HasHeader ? $"{path}: is empty where a row of column names is expected." : $"{path}: has no rows.");
        }

        CheckUtf8();
        if (options.HasHeader)
        {
            Columns = [.. Enumerable.Range(0, _reader.FieldCount).Select(Text)];
            CheckColumns();
        }
        else
        {
            Columns = [.. Enumerable.Range(1, _reader.FieldCount).Select(i => i.ToString(CultureInfo.InvariantCulture))];
            _firstRowWaits = true;
        }
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Whether a row can be gone to without those before it; a gzipped file has to be read from its start.</summary>
    public bool CanSeek { get; }

    /// <summary>The columns' names, trimmed.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>The current row's number from 1, the header not counted.</summary>
    public long Row { get; private set; }

    /// <summary>The current row's place, for messages.</summary>
    public string Place => string.Create(CultureInfo.InvariantCulture, $"{Path}: line {_reader.Line}");

    /// <summary>Opens a file and reads its header.</summary>
    /// <exception cref="LegoNetException">The file is missing or unreadable, or its header is missing or names a column twice.</exception>
    public static CsvTable Open(string path, CsvOptions options)
    {
        var stream = SourceFile.Open(path);
        try
        {
            return new CsvTable(path, stream, options);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Goes to the next row.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="LegoNetException">The row is malformed, has too few or too many fields, or is not valid UTF-8.</exception>
    public bool Next()
    {
        if (_firstRowWaits)
        {
            _firstRowWaits = false;
        }
        else if (!ReadRow())
        {
            return false;
        }

        Row++;
        if (_reader.FieldCount != Columns.Count)
        {
            throw LegoNetException.BadInput(_reader.IsBlank
                ? $"{Place}: is blank (\"skipBlank\": true passes over blank lines)."
                : $"{Place}: has {_reader.FieldCount} fields where {Columns.Count} are expected.");
        }

        CheckUtf8();
        return true;
    }

    /// <summary>Reads all rows and notes where they begin.</summary>
    /// <param name="rows">Rows that are expected; null where that is not known.</param>
    /// <param name="progress">Receives progress.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="LegoNetException">A row is malformed.</exception>
    public SourceIndex ReadIndex(long? rows, IProgress<LegoNetProgress>? progress, CancellationToken cancellationToken)
    {
        var index = new SourceIndex();
        while (Next())
        {
            index.Add(new SourcePosition(Row - 1, _reader.Offset, _reader.Line));
            if (Row % Often == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                progress?.Report(new LegoNetProgress("counting records", Row, rows));
            }
        }

        return CanSeek ? index : SourceIndex.FromStart(index.Records);
    }

    /// <summary>Finds where a row begins.</summary>
    /// <param name="before">A known position before it.</param>
    /// <param name="row">The row, from 0.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="LegoNetException">A row before it is malformed, or the file ends before it.</exception>
    public SourcePosition Find(SourcePosition before, long row, CancellationToken cancellationToken)
    {
        GoTo(before, cancellationToken);
        Skip(row + 1, cancellationToken);
        return new SourcePosition(row, _reader.Offset, _reader.Line);
    }

    /// <summary>Goes to where a row begins, for <see cref="Next"/> to read it; where its place in the file is not known, from row to row.</summary>
    /// <exception cref="LegoNetException">The file cannot be read; from row to row, one is malformed or the file ends before it.</exception>
    public void GoTo(SourcePosition position, CancellationToken cancellationToken)
    {
        if (position.Byte == 0)
        {
            Skip(position.Record, cancellationToken);
            return;
        }

        if (!CanSeek)
        {
            throw LegoNetException.BadInput($"{Path}: is gzipped, so it has to be read from its start, and was not when its rows were counted.");
        }

        _reader.Seek(position.Byte, position.Line);
        (Row, _firstRowWaits) = (position.Record, false);
    }

    /// <summary>A field's bytes, valid until the next row.</summary>
    public ReadOnlySpan<byte> Field(int column) => _reader.Field(column);

    /// <summary>A field as text, white space at both ends left out.</summary>
    public string Text(int column) => RawText(column).Trim();

    /// <summary>A field as text, as it stands.</summary>
    public string RawText(int column) => Encoding.UTF8.GetString(_reader.Field(column));

    /// <summary>Finds a column that must be there.</summary>
    /// <param name="name">The column's name.</param>
    /// <param name="role">What it is for, as the spec's member is called.</param>
    /// <exception cref="LegoNetException">There is no such column.</exception>
    public int Find(string name, string role)
    {
        for (var i = 0; i < Columns.Count; i++)
        {
            if (Columns[i] == name)
            {
                return i;
            }
        }

        throw LegoNetException.BadInput($"{Path}: has no column \"{name}\" ({role}); its columns are {NearNames.List(name, Columns)}.");
    }

    public void Dispose() => _reader.Dispose();

    private void Skip(long rows, CancellationToken cancellationToken)
    {
        while (Row < rows)
        {
            if (!Next())
            {
                throw LegoNetException.BadInput($"{Path}: has {Row} rows where {rows} are expected.");
            }

            if (Row % Often == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
    }

    private bool ReadRow()
    {
        while (_reader.Read())
        {
            if (!_skipBlank || !_reader.IsBlank)
            {
                return true;
            }
        }

        return false;
    }

    private void CheckColumns()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var column in Columns)
        {
            if (!seen.Add(column))
            {
                throw LegoNetException.BadInput($"{Place}: the column name \"{column}\" is given twice.");
            }
        }
    }

    private void CheckUtf8()
    {
        // One vectorised pass is enough for most rows; unescaping a quoted field leaves other bytes in the gaps.
        if (!_reader.HasQuotes && Utf8.IsValid(_reader.UnquotedRow))
        {
            return;
        }

        var line = _reader.Line;
        for (var i = 0; i < _reader.FieldCount; i++)
        {
            var field = _reader.Field(i);
            if (!Utf8.IsValid(field))
            {
                line += field[..ValidLength(field)].Count((byte)'\n');
                throw LegoNetException.BadInput($"{Path}: line {line}: is not valid UTF-8; save the file as UTF-8.");
            }

            line += field.Count((byte)'\n');
        }
    }

    private static int ValidLength(ReadOnlySpan<byte> bytes)
    {
        var valid = 0;
        while (Rune.DecodeFromUtf8(bytes[valid..], out _, out var consumed) == System.Buffers.OperationStatus.Done)
        {
            valid += consumed;
        }

        return valid;
    }
}
