using System.CommandLine;
using LegoNet.Data;
using LegoNet.Encoders;
using LegoNet.Records;

namespace LegoNet.Cli;

/// <summary>
/// Which records of a source a command takes: all but those that an --exclude file names. It watches them pass, because what it sees
/// decides what can be forgotten later: a line that matches nothing leaves somebody in who was to stay out, and a source without
/// subjects leaves every record on its own.
/// </summary>
internal sealed class Selection
{
    private const int NamedLines = 5;

    private readonly List<ForgetTarget> _targets;
    private readonly bool _ignoreUnknown;
    private readonly HashSet<(string Subject, string? Id)> _named;
    private readonly HashSet<(string Subject, string? Id)> _matched = [];
    private long _taken;
    private bool _namesSubjects;

    private Selection(List<ForgetTarget> targets, bool ignoreUnknown)
    {
        _targets = targets;
        _ignoreUnknown = ignoreUnknown;
        _named = [.. targets.Select(t => (t.Subject, t.Id))];
    }

    /// <summary>Records taken so far.</summary>
    public long Taken => _taken;

    /// <summary>Records passed over so far.</summary>
    public long Excluded { get; private set; }

    /// <summary>The subjects and records to pass over.</summary>
    public IReadOnlyList<ForgetTarget> Targets => _targets;

    /// <summary>Every record of a source.</summary>
    public static Selection All() => new([], ignoreUnknown: false);

    /// <summary>--ignore-unknown, for the lines of --exclude.</summary>
    public static Option<bool> IgnoreUnknown() => new("--ignore-unknown")
    {
        Description = "With --exclude: pass over lines that match no record of the source.",
    };

    /// <summary>Reads an --exclude file; without one, every record is taken.</summary>
    /// <exception cref="LegoNetException">The file cannot be read, or a line of it is no request.</exception>
    public static Selection Read(string? excludeFile, bool ignoreUnknown) => new(excludeFile is null ? [] : Cli.Targets.Read(excludeFile), ignoreUnknown);

    public bool Includes(SourceRecord record)
    {
        if (_named.Count > 0 && IsNamed(record))
        {
            Excluded++;
            return false;
        }

        _taken++;
        _namesSubjects |= record.Subject != record.Id;
        return true;
    }

    /// <summary>Passes on the records that were taken, and at the source's end refuses lines of the file that matched none.</summary>
    /// <exception cref="LegoNetException">A line of the file matches no record of the source.</exception>
    public IEnumerable<EncodedRecord> RequireMatched(IEnumerable<EncodedRecord> records)
    {
        foreach (var record in records)
        {
            yield return record;
        }

        var unmatched = Unmatched();
        if (unmatched.Length > 0 && !_ignoreUnknown)
        {
            var more = unmatched.Length - 1;
            var others = more > 0 ? $" (nor {Plural.Form(more, "does", "do")} {Plural.Of(more, "other line")})" : "";
            throw LegoNetException.BadInput(
                $"{unmatched[0].Origin}: matches no record of the source{others}; correct the name, or pass over such lines with --ignore-unknown.");
        }
    }

    /// <summary>Says what was passed over, and which lines of the file matched nothing.</summary>
    public void NoteExcluded(CommandContext context)
    {
        if (_targets.Count == 0)
        {
            return;
        }

        context.Note($"Excluded {Plural.Of(Excluded, "record")}.");
        var unmatched = Unmatched();
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

    // Both are noted: a file may name a person, and a record of theirs on another line.
    private bool IsNamed(SourceRecord record)
    {
        var subject = RecordName.Normalize(record.Subject, "subject", record.Origin);
        return Match(subject, null) | Match(subject, RecordName.Normalize(record.Id, "id", record.Origin));
    }

    private bool Match(string subject, string? id)
    {
        if (!_named.Contains((subject, id)))
        {
            return false;
        }

        _matched.Add((subject, id));
        return true;
    }

    private ForgetTarget[] Unmatched() => [.. _targets.Where(t => !_matched.Contains((t.Subject, t.Id)))];
}
