using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace LegoNet.Lab.Attacks;

/// <summary>Which records an audit compares, and which its shadow models learn from.</summary>
internal sealed class AuditPlan
{
    private const int MostNamed = 1_000;
    private const int MostUnseen = 10_000;
    private const int MostLearned = 16_384;
    private const int MostNumbers = 1 << 22;
    private const int FewestRetained = 20;

    // Of the records that stay, at most so many are spared for the control; of the unseen ones, at most so many may be training records too.
    private const int ControlOf = 10;
    private const int SharedOf = 10;

    private readonly RecordSet _training;
    private readonly long _seed;
    private readonly int[] _always;
    private readonly int[] _others;
    private readonly int _learned;

    private AuditPlan(RecordSet training, int[] named, int[] control, int[] retained, RecordSet unseen, int[] unseenRows, long seed)
    {
        (_training, _seed) = (training, seed);
        (Named, Control, Unseen, Retained) = (named, control, unseenRows, retained.Length + control.Length);
        Compared = Join(training, [.. named, .. control], unseen, unseenRows);

        // What else the model knows of the same people is known to every shadow model too, or it would pass for knowledge of these records.
        _learned = Math.Min(Math.Clamp(MostNumbers / training.Dimension, MostLearned / 16, MostLearned), retained.Length / 2);
        HashSet<string> subjects = [.. named.Concat(control).Select(training.Subject)];
        _always = new Draws(seed, -21).Sample([.. retained.Where(row => subjects.Contains(training.Subject(row)))], _learned / 2);
        _others = [.. retained.Except(_always)];
    }

    /// <summary>The records in question that are compared, the control's and the unseen ones, in this order.</summary>
    public RecordSet Compared { get; }

    /// <summary>Training rows of the records in question.</summary>
    public int[] Named { get; }

    /// <summary>Training rows of the control's records.</summary>
    public int[] Control { get; }

    /// <summary>Rows of the unseen records.</summary>
    public int[] Unseen { get; }

    /// <summary>Training records that were not named.</summary>
    public int Retained { get; }

    /// <summary>Classes of which every training record is named.</summary>
    public required IReadOnlySet<int> Lost { get; init; }

    /// <summary>Records in question that are not compared.</summary>
    public required AuditLeftAside LeftAside { get; init; }

    /// <summary>Unseen records that are training records too, and are not compared.</summary>
    public required int UnseenInTraining { get; init; }

    /// <summary>Chooses.</summary>
    /// <param name="training">Training records.</param>
    /// <param name="named">Rows of those in question, ascending and all different.</param>
    /// <param name="unseen">Records that the model never saw.</param>
    /// <param name="seed">Seed of the choice.</param>
    /// <exception cref="LegoNetException">There are too few of one kind, or the unseen ones were not unseen.</exception>
    public static AuditPlan Of(RecordSet training, int[] named, RecordSet unseen, long seed)
    {
        if (named.Length == 0)
        {
            throw LegoNetException.BadInput("The audit names no record; name at least 1.");
        }

        int[] retained = [.. training.AllRows.Except(named)];
        var kept = Contents(training, retained);
        int[] own = [.. named.Where(row => !kept.Contains(Content(training, row)))];
        var known = Contents(training, training.AllRows);
        int[] fresh = [.. unseen.AllRows.Where(row => !known.Contains(Content(unseen, row)))];
        var shared = unseen.Count - fresh.Length;
        if (shared * SharedOf > unseen.Count)
        {
            throw LegoNetException.BadInput(
                $"{shared:N0} of the {unseen.Count:N0} unseen records are training records too, so the model may know them; name others that it never saw.");
        }

        if (own.Length == 0)
        {
            throw LegoNetException.BadInput(
                $"Every record to audit ({named.Length:N0}) has a copy among the records that are not named, so no attack can tell them apart.");
        }

        HashSet<int> classes = [.. fresh.Select(unseen.Label)];
        int[] comparable = [.. own.Where(row => classes.Contains(training.Label(row)))];
        classes = [.. comparable.Select(training.Label)];
        var unseenOfThese = fresh.Count(row => classes.Contains(unseen.Label(row)));
        if (unseenOfThese < AuditSettings.FewestUnseen)
        {
            throw LegoNetException.BadInput(
                $"At least {AuditSettings.FewestUnseen} unseen records of the classes to audit are needed to compare with, and there are {unseenOfThese:N0}.");
        }

        var draws = new Draws(seed, -22);
        int[] compared = [.. draws.Sample(comparable, MostNamed).Order()];
        var control = DrawControl(training, compared, retained, [.. fresh.Select(unseen.Label)], draws);
        classes = [.. compared.Concat(control).Select(training.Label)];

        // Those of other classes help to tell what follows from a margin's mean and spread.
        int[] others = [.. draws.Sample(fresh, fresh.Length).OrderBy(row => !classes.Contains(unseen.Label(row))).Take(MostUnseen).Order()];
        int[] rest = [.. retained.Except(control)];
        return rest.Length < FewestRetained
            ? throw LegoNetException.BadInput(
                $"The models to compare with learn from the other records of the data, of which at least {FewestRetained} are needed, and there are "
                    + $"{rest.Length:N0}; give all training records, and not only those in question.")
            : new AuditPlan(training, compared, control, rest, unseen, others, seed)
            {
                LeftAside = new AuditLeftAside(named.Length - own.Length, own.Length - comparable.Length, comparable.Length - compared.Length),
                UnseenInTraining = shared,
                Lost = named.Select(training.Label).Except(retained.Select(training.Label)).ToHashSet(),
            };
    }

    /// <summary>Training rows that a shadow model learns from: half of what stays, or as many as there is time for.</summary>
    /// <param name="shadow">Number of the shadow model.</param>
    public int[] Learned(int shadow) => [.. _always, .. new Draws(_seed, -23, shadow).Sample(_others, _learned - _always.Length)];

    // Of the same classes where that can be, since some classes are known better than others.
    private static int[] DrawControl(RecordSet training, int[] named, int[] retained, HashSet<int> unseenClasses, Draws draws)
    {
        var most = Math.Min(named.Length, retained.Length / ControlOf);
        int[] shuffled = draws.Sample([.. retained.Where(row => unseenClasses.Contains(training.Label(row)))], retained.Length);
        var wanted = named.GroupBy(training.Label).ToDictionary(g => g.Key, g => g.Count());
        int[] alike = [.. shuffled.GroupBy(training.Label).SelectMany(g => g.Take(wanted.GetValueOrDefault(g.Key)))];
        return [.. draws.Sample(alike, most).Concat(shuffled.Except(alike)).Take(most).Order()];
    }

    private static HashSet<UInt128> Contents(RecordSet records, int[] rows) => [.. rows.Select(row => Content(records, row))];

    private static UInt128 Content(RecordSet records, int row)
        => MemoryMarshal.Read<UInt128>(SHA256.HashData(MemoryMarshal.AsBytes(records.Code(row))));

    private static RecordSet Join(RecordSet first, int[] firstRows, RecordSet second, int[] secondRows)
        => new(
            first.Classes,
            first.Dimension,
            [.. first.Gather(firstRows), .. second.Gather(secondRows)],
            [.. first.GatherLabels(firstRows), .. second.GatherLabels(secondRows)]);
}
