using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet;

/// <summary>
/// A model's present state as a scorer of ML.NET's own steps (<see cref="OnnxSteps"/>), with the graph's file, which ML.NET reads again
/// whenever it saves the steps. The file lies in a folder that only the owner can read, and goes with this object.
/// </summary>
internal sealed class OnnxSnapshot : ITransformer, IDisposable
{
    private readonly TemporaryModel _folder;
    private readonly TransformerChain<ITransformer> _steps;

    /// <summary>Takes the snapshot.</summary>
    /// <inheritdoc cref="OnnxSteps.Build"/>
    public OnnxSnapshot(MLContext ml, LegoNetTransformer model, int? gpuDeviceId, bool fallbackToCpu)
    {
        _folder = new TemporaryModel();
        try
        {
            _steps = OnnxSteps.Build(ml, model, File, gpuDeviceId, fallbackToCpu);
        }
        catch
        {
            _folder.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public bool IsRowToRowMapper => ((ITransformer)_steps).IsRowToRowMapper;

    /// <summary>The graph, for as long as this object lives.</summary>
    internal string File => _folder.Path + ".onnx";

    /// <summary>ML.NET's own steps.</summary>
    internal IEnumerable<ITransformer> Steps => _steps;

    /// <inheritdoc/>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => _steps.GetOutputSchema(inputSchema);

    /// <inheritdoc/>
    public IDataView Transform(IDataView input) => _steps.Transform(input);

    /// <inheritdoc/>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => ((ITransformer)_steps).GetRowToRowMapper(inputSchema);

    /// <summary>Saves ML.NET's own steps: what is loaded again is a chain of them, without this package.</summary>
    public void Save(ModelSaveContext ctx)
    {
        ((ICanSaveModel)_steps).Save(ctx);
        GC.KeepAlive(this); // The steps read the graph's file, which the folder's finaliser removes, and do not refer to it.
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _steps.Dispose();
        _folder.Dispose();
    }
}
