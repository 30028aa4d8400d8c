using LegoNet.Lab.Methods;

namespace LegoNet.Lab.Attacks;

/// <summary>Per-record membership inference on a way of forgetting: U-LiRA (Hayes et al., 2024, arXiv 2403.01218).</summary>
/// <remarks>
/// Shadow models are trained on random halves of a sample. Each candidate is, in as many of them, trained on and kept, trained on and then
/// forgotten (with all others of its kind, in one request), or never seen. Each model is then attacked with the help of the others: a candidate's
/// score is the likelihood ratio of its margins under two Gaussians, of models that had it as it is asked about and of models that never saw it.
/// Both are of as many models, or a score would tell the kinds apart by that. Half of each covariance is the candidate's own and half the mean
/// over the candidates, since twenty models do not tell it well.
/// </remarks>
public static class MembershipAttack
{
    /// <summary>Attacks a method. The same arguments give the same result, whatever the threads.</summary>
    /// <param name="method">The method.</param>
    /// <param name="sample">The records, the candidates and the size of the attack.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>A curve for each question and each group of candidates; or why the method cannot be used on these records.</returns>
    public static MethodAttack Of(IForgettingMethod method, AttackSample sample, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(sample);
        int[] candidates = [.. sample.Groups.SelectMany(g => g.Rows)];
        var result = new MethodAttack(method.Name, sample.Plan.ShadowModels, sample.Records.Count, candidates.Length, []);
        ShadowMargins margins;
        try
        {
            margins = ShadowMargins.Of(method, sample, candidates, cancellationToken);
        }
        catch (Exception e) when (e is LegoNetException or IOException)
        {
            return result with { Failure = e.Message };
        }

        var (curves, first) = (new List<AttackCurve>(), 0);
        foreach (var group in sample.Groups)
        {
            foreach (var question in Enum.GetValues<AttackQuestion>())
            {
                var trials = margins.Trials(question, first, group.Rows.Count);
                curves.Add(new RocCurve(trials, sample.Plan.Seed).Curve(question, group.Name));
            }

            first += group.Rows.Count;
        }

        return result with { Curves = curves };
    }
}
