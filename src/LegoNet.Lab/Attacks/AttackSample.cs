namespace LegoNet.Lab.Attacks;

/// <summary>The records that methods are attacked on: a random part of all, with candidates that are the same for every method.</summary>
public sealed class AttackSample
{
    private AttackSample(AttackPlan plan, RecordSet records, IReadOnlyList<CandidateGroup> groups)
    {
        Plan = plan;
        Records = records;
        Groups = groups;
    }

    /// <summary>How large the attack is.</summary>
    public AttackPlan Plan { get; }

    /// <summary>The records. Methods should be made for these, since a model of all of them would have other settings.</summary>
    public RecordSet Records { get; }

    /// <summary>The candidates: random ones, and the most vulnerable of the others. No row is in two groups.</summary>
    public IReadOnlyList<CandidateGroup> Groups { get; }

    /// <summary>Draws a sample, and looks for its most vulnerable records (<see cref="Vulnerability"/>).</summary>
    /// <param name="records">All records; at least 20.</param>
    /// <param name="plan">How large the attack is to be.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="LegoNetException">There are too few records, or too few models are asked for.</exception>
    public static AttackSample Draw(RecordSet records, AttackPlan plan, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(records);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentOutOfRangeException.ThrowIfLessThan(plan.Candidates, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(plan.Threads, 1);
        const int leastRecords = 20, share = 10;
        if (Math.Min(records.Count, plan.Records) < leastRecords)
        {
            throw LegoNetException.BadInput(
                $"An attack needs at least {leastRecords} records, and there are {Math.Min(records.Count, plan.Records)}; leave it out, or take more.");
        }

        if (plan.ShadowModels < AttackPlan.LeastModels)
        {
            throw LegoNetException.BadInput(
                $"An attack needs at least {AttackPlan.LeastModels} shadow models, and {plan.ShadowModels} are asked for; 64 give usable figures.");
        }

        int[] rows = [.. new Draws(plan.Seed, -10).Sample(records.AllRows, plan.Records).Order()];
        string[] subjects = [.. rows.Select(records.Subject)];
        var part = new RecordSet(records.Classes, records.Dimension, records.Gather(rows), records.GatherLabels(rows), subjects);
        var count = Math.Min(plan.Candidates, part.Count / share);
        var random = new Draws(plan.Seed, -11).Sample(part.AllRows, count);
        var scores = Vulnerability.Of(part, plan.ShadowModels, plan.Seed, plan.Threads, cancellationToken);
        var vulnerable = part.AllRows.Except(random).OrderByDescending(row => scores[row]).Take(count);
        return new AttackSample(plan, part, [new("random", [.. random.Order()]), new("most vulnerable", [.. vulnerable.Order()])]);
    }
}
