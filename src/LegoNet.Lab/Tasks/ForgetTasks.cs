namespace LegoNet.Lab.Tasks;

/// <summary>The tasks that methods are compared on.</summary>
public static class ForgetTasks
{
    // As many must stay as a model is trained on at least.
    private const int Least = 2;

    /// <summary>Random records, one request each: Random100 of the LegoNet paper.</summary>
    /// <param name="records">The records.</param>
    /// <param name="count">How many, from 1.</param>
    /// <param name="seed">Seed of the draw.</param>
    /// <exception cref="LegoNetException">Fewer than two records would stay.</exception>
    public static ForgetTask RandomOneByOne(RecordSet records, int count = 100, long seed = 1)
        => new($"{count} random {(count == 1 ? "record" : "records")}, one at a time", [.. Sample(records, count, seed).Select(row => new[] { row })]);

    /// <summary>A random share of the records, in one request.</summary>
    /// <param name="records">The records.</param>
    /// <param name="share">Above 0 and below 1; rounded up to a whole number of records.</param>
    /// <param name="seed">Seed of the draw.</param>
    /// <exception cref="LegoNetException">Fewer than two records would stay.</exception>
    public static ForgetTask RandomShare(RecordSet records, double share = 0.01, long seed = 1)
    {
        ArgumentNullException.ThrowIfNull(records);
        if (!(share > 0 && share < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(share), share, "Must be above 0 and below 1.");
        }

        var rows = Sample(records, (int)Math.Ceiling(records.Count * share), seed);
        return new ForgetTask(FormattableString.Invariant($"random {100 * share:0.###} %"), [[.. rows.Order()]]);
    }

    /// <summary>All records of a class, in one request.</summary>
    /// <param name="records">The records.</param>
    /// <param name="name">The class.</param>
    /// <exception cref="LegoNetException">There is no such class, it has no record, or fewer than two others would stay.</exception>
    public static ForgetTask OfClass(RecordSet records, string name)
    {
        ArgumentNullException.ThrowIfNull(records);
        var number = records.Classes.ToList().IndexOf(name);
        if (number < 0)
        {
            throw LegoNetException.BadInput($"There is no class \"{name}\" to forget; the classes are {Listed(records.Classes)}.");
        }

        int[] rows = [.. records.AllRows.Where(row => records.Label(row) == number)];
        if (rows.Length == 0)
        {
            throw LegoNetException.BadInput($"The class \"{name}\" has no record to forget.");
        }

        RequireRest(records, rows.Length);
        return new ForgetTask($"the class {name}", [rows]);
    }

    /// <summary>The subjects with the most records, one request each; among equals those whose first record comes first.</summary>
    /// <param name="records">The records.</param>
    /// <param name="count">How many subjects, from 1; all that have several records where there are fewer.</param>
    /// <exception cref="LegoNetException">No subject has several records, or fewer than two records would stay.</exception>
    public static ForgetTask MostProlific(RecordSet records, int count = 20)
    {
        ArgumentNullException.ThrowIfNull(records);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        int[][] subjects =
        [
            .. records.AllRows.GroupBy(records.Subject, (_, rows) => rows.ToArray())
                .Where(rows => rows.Length > 1)
                .OrderByDescending(rows => rows.Length)
                .Take(count),
        ];
        if (subjects.Length == 0)
        {
            throw LegoNetException.BadInput(
                "No subject has more than one record, so none is prolific; declare the column of subjects, or leave out this task.");
        }

        RequireRest(records, subjects.Sum(s => s.Length));
        return new ForgetTask($"the {subjects.Length} most prolific subjects", subjects);
    }

    /// <summary>The records that show most in models that had them, one request each, the most vulnerable first.</summary>
    /// <param name="records">The records.</param>
    /// <param name="scores">How vulnerable each is, [N], the higher the more; among equals the lower row.</param>
    /// <param name="count">How many, from 1.</param>
    /// <exception cref="ArgumentException">There is not one score for each record.</exception>
    /// <exception cref="LegoNetException">Fewer than two records would stay.</exception>
    public static ForgetTask MostVulnerable(RecordSet records, IReadOnlyList<double> scores, int count = 100)
    {
        ArgumentNullException.ThrowIfNull(records);
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (scores.Count != records.Count)
        {
            throw new ArgumentException($"There are {scores.Count} scores for {records.Count} records.", nameof(scores));
        }

        RequireRest(records, count);
        int[] rows = [.. records.AllRows.OrderByDescending(row => scores[row]).Take(count)];
        return new ForgetTask($"the {count} most vulnerable records, one at a time", [.. rows.Select(row => new[] { row })]);
    }

    private static int[] Sample(RecordSet records, int count, long seed)
    {
        ArgumentNullException.ThrowIfNull(records);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        RequireRest(records, count);
        return new Draws(seed, -9).Sample(records.AllRows, count);
    }

    private static void RequireRest(RecordSet records, int count)
    {
        if (count > records.Count - Least)
        {
            throw LegoNetException.BadInput($"{count:N0} of {records.Count:N0} records are to be forgotten, and at least {Least} must stay to compare with.");
        }
    }

    private static string Listed(IReadOnlyList<string> classes)
    {
        const int most = 10;
        return string.Join(", ", classes.Take(most).Select(c => $"\"{c}\"")) + (classes.Count > most ? $" and {classes.Count - most} more" : "");
    }
}
