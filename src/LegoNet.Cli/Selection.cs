using LegoNet.Data;
using LegoNet.Records;

namespace LegoNet.Cli;

/// <summary>
/// Which records of a source a command takes: all but those that an --exclude file names. It watches them pass, because what it sees
/// decides what can be forgotten later: a line that matches nothing is probably a typing error, and a source without subjects leaves
/// every record on its own.
/// </summary>
internal sealed class Selection
{
    private const int NamedLines = 5;

    private readonly List<ForgetTarget> _targets;
    private readonly Dictionary<string, ForgetTarget> _subjects;
    private readonly Dictionary<(string Subject, string Id), ForgetTarget> _records;
    private readonly HashSet<ForgetTarget> _matched = [];
    private long _taken;
    private bool _namesSubjects;

    private Selection(List<ForgetTarget> targets)
    {
        _targets = targets;
        _subjects = targets.Where(t => t.Id is null).DistinctBy(t => t.Subject).ToDictionary(t => t.Subject, StringComparer.Ordinal);
        _records = targets.Where(t => t.Id is not null).DistinctBy(t => (t.Subject, t.Id)).ToDictionary(t => (t.Subject, t.Id!));
    }

    /// <summary>Records taken so far.</summary>
    public long Taken => _taken;

    /// <summary>Records passed over so far.</summary>
    public long Excluded { get; private set; }

    /// <summary>The subjects and records to pass over.</summary>
    public IReadOnlyList<ForgetTarget> Targets => _targets;

    /// <summary>Reads an --exclude file; without one, every record is taken.</summary>
    public static Selection Read(string? excludeFile) => new(excludeFile is null ? [] : Cli.Targets.Read(excludeFile));

    public bool Includes(SourceRecord record)
    {
        if (_subjects.TryGetValue(record.Subject, out var target) || _records.TryGetValue((record.Subject, record.Id), out target))
        {
            _matched.Add(target);
            Excluded++;
            return false;
        }

        _taken++;
        _namesSubjects |= record.Subject != record.Id;
        return true;
    }

    /// <summary>Says what was passed over, and which lines of the file matched nothing.</summary>
    public void NoteExcluded(CommandContext context)
    {
        if (_targets.Count == 0)
        {
            return;
        }

        context.Note($"Excluded {Plural.Of(Excluded, "record")}.");
        var unmatched = _subjects.Values.Concat(_records.Values).Where(t => !_matched.Contains(t)).ToArray();
        foreach (var target in unmatched.Take(NamedLines))
        {
            context.Note($"warning: {target.Origin}: matches no record of the source.");
        }

        if (unmatched.Length > NamedLines)
        {
            context.Note($"warning: {unmatched.Length - NamedLines:N0} more lines match no record of the source.");
        }
    }

    /// <summary>Says so when the records that will be stored belong to nobody but themselves.</summary>
    public void NoteSubjects(IRecordSource source, CommandContext context)
    {
        if (_taken > 0 && !_namesSubjects)
        {
            context.Note(
                $"note: {source.Name} names no subjects, so every record is its own subject and is forgotten by its id; "
                + "to forget a person's records together, name the column (or path part) of the subject in a spec.");
        }
    }
}
