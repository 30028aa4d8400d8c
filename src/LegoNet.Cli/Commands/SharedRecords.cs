using System.Runtime.InteropServices;
using LegoNet.Caching;
using LegoNet.Data;
using LegoNet.Records;

namespace LegoNet.Cli.Commands;

/// <summary>The records of a source, by name and by content, to count how many of another source are among them.</summary>
internal sealed class SharedRecords
{
    private readonly TagKey _key = TagKey.CreateRandom();
    private readonly HashSet<UInt128> _contents = [];
    private readonly HashSet<(string Subject, string Id)> _names = [];
    private readonly HashSet<string> _subjects = new(StringComparer.Ordinal);
    private readonly bool _areNamed;

    private SharedRecords(bool areNamed) => _areNamed = areNamed;

    /// <summary>Records read.</summary>
    public long Count { get; private set; }

    /// <summary>Reads a source; nothing is encoded.</summary>
    /// <exception cref="LegoNetException">The source is missing or malformed.</exception>
    public static SharedRecords Of(IRecordSource source, CommandContext context)
    {
        var records = new SharedRecords(!source.IdsArePositions);
        foreach (var record in source.Read(context.CancellationToken))
        {
            records.Count++;
            records._contents.Add(records.Content(record));
            var (subject, id) = Name(record);
            if (records._areNamed)
            {
                records._names.Add((subject, id));
            }

            if (subject != id)
            {
                records._subjects.Add(subject);
            }

            if (records.Count % 1000 == 0)
            {
                context.Progress.Report(new LegoNetProgress("reading the training source", records.Count, source.Count));
            }
        }

        return records;
    }

    /// <summary>Whether a record is among these, or is of a person of whom one is. Places in a file say nothing about another file.</summary>
    /// <param name="record">The record.</param>
    /// <param name="idsArePositions">Whether its id is a place in its file.</param>
    public bool Contains(SourceRecord record, bool idsArePositions)
    {
        var (subject, id) = Name(record);
        return _contents.Contains(Content(record))
            || (_areNamed && !idsArePositions && _names.Contains((subject, id)))
            || (subject != id && _subjects.Contains(subject));
    }

    private static (string Subject, string Id) Name(SourceRecord record)
        => (RecordName.Normalize(record.Subject, "subject", record.Origin), RecordName.Normalize(record.Id, "id", record.Origin));

    private UInt128 Content(SourceRecord record)
    {
        Span<int> words = stackalloc int[ContentTag.Words];
        return ContentTag.TryWrite(_key, record.Input, words)
            ? MemoryMarshal.Read<UInt128>(MemoryMarshal.AsBytes(words))
            : throw LegoNetException.BadInput($"{record.Origin}: has an input of a kind that cannot be compared.");
    }
}
