using LegoNet.MLNet.Data;
using LegoNet.MLNet.Saving;
using LegoNet.Onnx;
using LegoNet.Onnx.Export;
using LegoNet.Specs;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet;

/// <summary>
/// Builds a scorer of ML.NET's own steps alone: ApplyOnnxModel with the exported graph, and what turns its outputs into the columns of
/// <see cref="LegoNetTransformer"/>. So a host that has ML.NET and ONNX Runtime loads it, without this package.
/// </summary>
internal sealed class OnnxSteps
{
    // Before the names of the columns that come and go on the way.
    private const string Prefix = "LegoNet.";
    private const string Slot = Prefix + "Slot";
    private const string Probability = Prefix + "Probability";

    private readonly MLContext _ml;
    private readonly List<ITransformer> _steps = [];
    private IDataView _rows;

    private OnnxSteps(MLContext ml, IDataView rows)
    {
        _ml = ml;
        _rows = rows;
    }

    /// <summary>Writes the graph and builds the steps.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="model">The model, in its present state.</param>
    /// <param name="file">The graph's file, which must stay for as long as the steps may be saved.</param>
    /// <param name="gpuDeviceId">The GPU to score on; null for the context's choice, which is the CPU unless set.</param>
    /// <param name="fallbackToCpu">Whether to score on the CPU when the GPU fails.</param>
    /// <exception cref="LegoNetException">The adapters are neither linear nor trees, or the file cannot be written.</exception>
    public static TransformerChain<ITransformer> Build(MLContext ml, LegoNetTransformer model, string file, int? gpuDeviceId, bool fallbackToCpu)
    {
        var spec = model.Model.Spec;
        var encodings = !model.FeaturesAreCodes;
        var classes = model.OutputClasses;
        ModelExport.Write(model.Model, file, new OnnxExportOptions
        {
            Input = encodings ? OnnxInput.EncodingOrCode : OnnxInput.Features,
            InputName = model.FeatureColumnName,
            OutputPrefix = Prefix,
            Rows = classes is null ? OnnxRowOutputs.WithoutSlots : new OnnxRowOutputs(classes.ClassOfSlot, classes.Names),
        });

        var steps = new OnnxSteps(ml, Features(ml, model.FeatureColumnName, encodings ? model.Model.Calibration!.EncodingDimension : spec.Dimension));
        string[] outputs = spec.Task switch
        {
            LearningTask.Regression => [Prefix + OnnxRowOutputs.Value],
            LearningTask.Binary => [Prefix + OnnxRowOutputs.Margin],
            _ => [Prefix + OnnxRowOutputs.Score, Prefix + OnnxRowOutputs.Choice],
        };
        steps.Fit(ml.Transforms.ApplyOnnxModel(outputs, [model.FeatureColumnName], file, gpuDeviceId, fallbackToCpu));
        switch (spec.Task)
        {
            case LearningTask.Regression:
                steps.Add(UnitWeights.Regression(ml, outputs[0], 1, 0));
                break;
            case LearningTask.Binary:
                // Two classes' softmax is the logistic function of the scores' difference.
                steps.Add(UnitWeights.Binary(ml, outputs[0]));
                steps.Fit(ml.BinaryClassification.Calibrators.Platt(-1 / spec.Temperature, 0, ScoringMapping.Score));
                break;
            default:
                steps.Multiclass(outputs[0], outputs[1], classes!.Values);
                outputs = [.. outputs, Slot, Probability];
                break;
        }

        steps.Fit(ml.Transforms.DropColumns(outputs));
        return new TransformerChain<ITransformer>([.. steps._steps]);
    }

    private void Multiclass(string score, string choice, LabelValues values)
    {
        // A regression says "Score", so slot and probability get their own names before the probabilities take that one. The expression is
        // the value itself, without the regression's annotations.
        Add(UnitWeights.Regression(_ml, choice, 2, 0));
        Fit(_ml.Transforms.CopyColumns(Slot, ScoringMapping.Score));
        Add(UnitWeights.Regression(_ml, choice, 2, 1));
        Fit(_ml.Transforms.Expression(Probability, "x:x", ScoringMapping.Score));

        var keys = Keys(_ml, values);
        Fit(_ml.Transforms.Conversion.MapValue(ScoringMapping.PredictedLabel, keys, keys.Schema[nameof(SlotRow.Slot)], keys.Schema[nameof(SlotRow.Key)], Slot));
        Fit(_ml.Transforms.CopyColumns(ScoringMapping.Score, score));
        Fit(_ml.Transforms.CopyColumns(ScoringMapping.Probability, Probability));
    }

    private void Fit<TTransformer>(IEstimator<TTransformer> step)
        where TTransformer : class, ITransformer
        => Add(step.Fit(_rows));

    private void Add(ITransformer step)
    {
        _steps.Add(step);
        _rows = step.Transform(_rows);
    }

    /// <summary>No rows, of the schema that scoring needs.</summary>
    private static IDataView Features(MLContext ml, string column, int length)
    {
        var definition = SchemaDefinition.Create(typeof(FeatureRow));
        definition[nameof(FeatureRow.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, length);
        definition[nameof(FeatureRow.Features)].ColumnName = column;
        return ml.Data.LoadFromEnumerable(Array.Empty<FeatureRow>(), definition);
    }

    /// <summary>Slots, and the keys that stand for them, with the training label's values.</summary>
    private static IDataView Keys(MLContext ml, LabelValues values)
    {
        var definition = SchemaDefinition.Create(typeof(SlotRow));
        var key = definition[nameof(SlotRow.Key)];
        key.ColumnType = new KeyDataViewType(typeof(uint), values.Names.Count);
        values.AddTo(key, LabelValues.Kind);
        SlotRow[] rows = [.. Enumerable.Range(0, values.Names.Count).Select(slot => new SlotRow { Slot = slot, Key = (uint)slot })];
        return ml.Data.LoadFromEnumerable(rows, definition);
    }

    private sealed class FeatureRow
    {
        public float[] Features { get; set; } = [];
    }

    private sealed class SlotRow
    {
        public float Slot { get; set; }

        /// <summary>From 0, as ML.NET counts the keys of row objects.</summary>
        public uint Key { get; set; }
    }
}
