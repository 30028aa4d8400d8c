using LegoNet.Specs;

namespace LegoNet.Lab.Attacks;

/// <summary>
/// Were these records forgotten? Per-record membership inference on one model (offline LiRA; Carlini et al., 2022, arXiv 2112.03570): records
/// are in the model when it is surer of them than models are that never saw them, and more so than it is of unseen records.
/// </summary>
/// <remarks>
/// Shadow models have the audited one's definition and learn from random parts of what was not named, so the named, the unseen and the
/// control's records are strangers to all of them alike. Where the named ones were forgotten and are like the unseen ones of their class, they
/// could change places with them, and the tests' level holds exactly. What a person's records have in common is told by the shadow models.
/// </remarks>
public static class ModelAudit
{
    /// <summary>Audits a model, which stays as it is. Nothing is written but temporary folders, which are removed.</summary>
    /// <param name="model">The model.</param>
    /// <param name="training">Training records, the named ones included; the model may have been trained on others too.</param>
    /// <param name="named">Rows of the records in question.</param>
    /// <param name="unseen">Records that the model never saw.</param>
    /// <param name="settings">Settings; null for the defaults.</param>
    /// <param name="progress">Receives progress.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="LegoNetException">
    /// The model does not tell classes apart, nothing is named, or too few records are left to compare with or to learn from.
    /// </exception>
    public static AuditResult Run(
        LegoNetModel model,
        RecordSet training,
        IReadOnlyCollection<int> named,
        RecordSet unseen,
        AuditSettings? settings = null,
        IProgress<LegoNetProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(named);
        ArgumentNullException.ThrowIfNull(unseen);
        settings ??= new AuditSettings();
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.ShadowModels, AuditSettings.FewestShadowModels, nameof(settings));
        RequireClasses(model);
        var plan = AuditPlan.Of(training, [.. named.Distinct().Order()], unseen, settings.Seed);
        var records = plan.Compared;
        var shadows = new double[settings.ShadowModels][];
        var done = 0;
        progress?.Report(new LegoNetProgress("training shadow models", 0, shadows.Length));
        ShadowModels.Train(
            shadows.Length,
            settings.Threads,
            s =>
            {
                shadows[s] = ShadowModel.Margins(model, training, plan.Learned(s), records, cancellationToken);
                progress?.Report(new LegoNetProgress("training shadow models", Interlocked.Increment(ref done), shadows.Length));
            },
            cancellationToken);
        var margins = ShadowModel.Margins(model.Scorer, records);
        return new AuditResult(
            Test(0, plan.Named, plan.Lost),
            plan.Control.Length > 0 ? Test(plan.Named.Length, plan.Control, new HashSet<int>()) : null,
            plan.Unseen.Length,
            shadows.Length,
            plan.Learned(0).Length,
            plan.Retained,
            plan.LeftAside,
            plan.UnseenInTraining);

        AuditedGroup Test(int first, int[] rows, IReadOnlySet<int> lost)
        {
            int[] at = [.. Enumerable.Range(first, rows.Length), .. Enumerable.Range(plan.Named.Length + plan.Control.Length, plan.Unseen.Length)];
            int[] strata = [.. at.Select(records.Label)];
            return AuditGroupTests.Of(Of(margins), Array.ConvertAll(shadows, Of), strata, rows, lost, settings.Seed, cancellationToken);

            double[] Of(double[] all) => [.. at.Select(i => all[i])];
        }
    }

    /// <summary>Refuses a model that does not tell classes apart.</summary>
    /// <param name="model">The model.</param>
    /// <exception cref="LegoNetException">Its task is regression or multi-label.</exception>
    public static void RequireClasses(LegoNetModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.Spec.Task is not (LearningTask.Multiclass or LearningTask.Binary))
        {
            throw LegoNetException.BadInput(
                $"{model.Path}: its task is {(model.Spec.Task == LearningTask.Regression ? "regression" : "multi-label")}, and an audit needs one of "
                + "single classes (multiclass or binary); `legonet verify` checks this model too.");
        }
    }
}
