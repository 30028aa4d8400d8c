using LegoNet.MLNet.Adapters;
using Microsoft.ML;

namespace LegoNet.MLNet;

/// <summary>
/// Estimators of a program's own as trainers of adapters: a spec names one as {"trainer": "mlnet:custom", "name": …, "version": …}.
/// </summary>
/// <remarks>
/// <para>
/// An estimator sees the rows of one shard, sorted: "Features" (Vector&lt;Single, d&gt;, code / 127) and "Label" (multiclass: a key of the C declared
/// classes, with their names; binary and multi-label: Boolean, one fit per class for multi-label; regression: Single, the target itself). What it
/// gives must map row to row and have a column "Score": Vector&lt;Single, C&gt; for multiclass, otherwise Single; for regression the target.
/// </para>
/// <para>
/// It must give the same model whenever it is given the same rows and the same seed: use the <see cref="MLContext"/> that the function
/// receives, set one thread wherever ML.NET lets you choose, and keep no state between calls. The first fit of each registration is made
/// twice and compared, which finds most that is forgotten here. Nothing may be learned from data from elsewhere that can be forgotten.
/// </para>
/// </remarks>
public static class AdapterEstimators
{
    /// <summary>Registers an estimator under a name and version, in place of what had the name before.</summary>
    /// <param name="name">The name in specs.</param>
    /// <param name="version">
    /// The version in specs. Models are bound to it: raise it with every change of the function that could change a fitted model, updates of
    /// packages that it uses (ML.NET's own aside) among them.
    /// </param>
    /// <param name="create">Creates the estimator for one fit; called from several threads at once.</param>
    /// <exception cref="ArgumentException">The name or version is empty.</exception>
    public static void Register(string name, string version, Func<MLContext, IEstimator<ITransformer>> create)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentException.ThrowIfNullOrWhiteSpace(version);
        ArgumentNullException.ThrowIfNull(create);
        EstimatorRegistrations.Set(name, new EstimatorRegistration(version, create));
        MLNetAdapters.Register();
    }
}
