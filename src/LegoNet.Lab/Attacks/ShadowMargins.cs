using LegoNet.Lab.Measures;
using LegoNet.Lab.Methods;

namespace LegoNet.Lab.Attacks;

/// <summary>What each shadow model of a method did with each candidate, and how sure it was of it before and after it forgot.</summary>
internal sealed class ShadowMargins
{
    private ShadowMargins(int models)
    {
        Kinds = new CandidateKind[models][];
        Before = new double[models][];
        After = new double[models][];
    }

    /// <summary>What each model did with each candidate, [S][m].</summary>
    public CandidateKind[][] Kinds { get; }

    /// <summary>Margins before the forget, [S][m].</summary>
    public double[][] Before { get; }

    /// <summary>Margins after it, [S][m].</summary>
    public double[][] After { get; }

    /// <summary>Trains the models, and has each forget its candidates in one request.</summary>
    /// <param name="method">The method.</param>
    /// <param name="sample">The records and how many models.</param>
    /// <param name="candidates">Rows of the candidates, [m].</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="LegoNetException">The method cannot be used on these records.</exception>
    public static ShadowMargins Of(IForgettingMethod method, AttackSample sample, int[] candidates, CancellationToken cancellationToken)
    {
        var (plan, records) = (sample.Plan, sample.Records);
        var margins = new ShadowMargins(plan.ShadowModels);
        for (var shadow = 0; shadow < plan.ShadowModels; shadow++)
        {
            margins.Kinds[shadow] = new CandidateKind[candidates.Length];
        }

        // Each candidate is of each kind in as many models, so that nothing follows from how often it was.
        for (var c = 0; c < candidates.Length; c++)
        {
            var order = new Draws(plan.Seed, -13, c).Sample(Enumerable.Range(0, plan.ShadowModels).ToArray(), plan.ShadowModels);
            for (var i = 0; i < order.Length; i++)
            {
                margins.Kinds[order[i]][c] = (CandidateKind)(i % 3);
            }
        }

        // One seed for all: keys are public, and no way of forgetting may rest on a seed that an attacker does not know.
        var settings = new RunSettings(plan.Seed);
        int[] others = [.. records.AllRows.Except(candidates)];
        ShadowModels.Train(
            plan.ShadowModels,
            plan.Threads,
            shadow =>
            {
                var draws = new Draws(plan.Seed, -14, shadow);
                var kinds = margins.Kinds[shadow];
                int[] rows = [.. others.Where(_ => draws.Below(2) == 1), .. candidates.Where((_, c) => kinds[c] != CandidateKind.Never)];
                using var run = MethodRun.Train(method, records, rows, settings, cancellationToken);
                margins.Before[shadow] = Margins(run.Model);
                int[] forgotten = [.. candidates.Where((_, c) => kinds[c] == CandidateKind.Forgotten)];
                if (forgotten.Length > 0)
                {
                    run.Forget(forgotten, cancellationToken);
                }

                margins.After[shadow] = Margins(run.Model);
            },
            cancellationToken);
        return margins;

        double[] Margins(IScoringModel model) => [.. ScoredRecords.Of(model, records, candidates).Margins];
    }

    /// <summary>Attacks each model with the help of the others.</summary>
    /// <param name="question">What is asked.</param>
    /// <param name="first">The first candidate.</param>
    /// <param name="count">How many of them.</param>
    public IEnumerable<Trial> Trials(AttackQuestion question, int first, int count)
    {
        int[] candidates = [.. Enumerable.Range(first, count)];
        int[][] had = Array.ConvertAll(candidates, c => Models(c, question == AttackQuestion.Retained ? CandidateKind.Retained : CandidateKind.Forgotten));
        int[][] never = Array.ConvertAll(candidates, c => Models(c, CandidateKind.Never));
        var usual = Usual(had);
        var usualOfNever = Usual(never);
        for (var i = 0; i < count; i++)
        {
            var pairs = Math.Min(had[i].Length, never[i].Length);
            MarginPair[] with = Pairs(i, had[i][..pairs]), without = Pairs(i, never[i][..pairs]);
            for (var left = 0; left < pairs; left++)
            {
                // The attacked model and its partner of the other kind are left out together.
                MarginGaussian
                    hadIt = MarginGaussian.Of([.. with[..left], .. with[(left + 1)..]]),
                    neverSawIt = MarginGaussian.Of([.. without[..left], .. without[(left + 1)..]]);
                double Score(MarginPair margins) => hadIt.LogDensity(margins, usual) - neverSawIt.LogDensity(margins, usualOfNever);
                yield return new Trial(Score(with[left]), true, had[i][left], candidates[i]);
                yield return new Trial(Score(without[left]), false, never[i][left], candidates[i]);
            }
        }

        int[] Models(int candidate, CandidateKind kind) => [.. Enumerable.Range(0, Kinds.Length).Where(s => Kinds[s][candidate] == kind)];

        MarginPair[] Pairs(int i, int[] models)
            => Array.ConvertAll(models, s => new MarginPair(question == AttackQuestion.Difference ? Before[s][candidates[i]] : 0, After[s][candidates[i]]));

        MarginCovariance Usual(int[][] models) => MarginCovariance.Mean([.. models.Select((of, i) => MarginGaussian.Of(Pairs(i, of)).Covariance)]);
    }
}
