using LegoNet.MLNet.Data;
using LegoNet.Records;
using Microsoft.ML;

namespace LegoNet.MLNet;

/// <summary>Reads models' stored records by <see cref="MLContext.Data"/>.</summary>
public static class LegoNetDataCatalog
{
    /// <summary>
    /// The records that a model stores, as a view: to train another model on them, or to look at them. Nothing is loaded into memory: every
    /// cursor reads the model directory.
    /// </summary>
    /// <param name="catalog"><see cref="MLContext.Data"/>.</param>
    /// <param name="path">The model directory.</param>
    /// <returns>
    /// A view with the columns Label (multiclass: a key with the classes as values; binary: Boolean; regression: Single, within half a step
    /// of what the source said; multilabel: text, classes joined by '|'), Features (Vector&lt;Single&gt; [d]: the int8 code / 127), Subject and
    /// Id (text).
    /// </returns>
    /// <remarks>
    /// <para>The rows are those of the model's state at this call. When the model has been changed since, a new cursor fails
    /// (<see cref="RecordsChangedException"/>); load again. Codes and labels are personal data, and a forget does not reach copies of them.</para>
    /// <para>Names are not stored, so Subject and Id hold their keyed tags in hex. A LegoNet trainer that is fitted to the view with the
    /// options and the key file of the model gives the same adapters, yet other identities: it stores tags of these tags, and who asks to be
    /// forgotten must then be named by the tag. To make another model of the same records under their own identities, use
    /// <see cref="LegoNetModel.Rebuild"/>.</para>
    /// </remarks>
    /// <exception cref="LegoNetException">There is no model there, or a file of it is damaged.</exception>
    public static IDataView LoadFromLegoNet(this DataOperationsCatalog catalog, string path)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        MLNetAdapters.Register();
        return new StoredRecordsView(LegoNetModel.Open(path, new ModelOptions { Logger = HostLogger.Of(catalog) }));
    }
}
