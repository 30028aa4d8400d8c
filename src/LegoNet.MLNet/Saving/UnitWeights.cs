using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace LegoNet.MLNet.Saving;

/// <summary>
/// Linear models of ML.NET's own that give back one slot of a vector. Nothing else that ML.NET can save turns a slot of a vector into a
/// scalar column, and what a graph gives is a vector always. Each is fitted to two fixed rows, by steps that are exact in float32, and
/// checked; no record has a part in it.
/// </summary>
internal static class UnitWeights
{
    /// <summary>A regression that adds "Score", the value of a slot.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="column">The column, Vector&lt;Single&gt;.</param>
    /// <param name="length">The vector's length.</param>
    /// <param name="slot">The slot.</param>
    public static ITransformer Regression(MLContext ml, string column, int length, int slot)
    {
        // The squared loss's slope is twice the difference, so a quarter of it moves weight and bias by a half in the first row; the second adds
        // a half to the weight and takes it from the bias: 1 and 0.
        var trainer = ml.Regression.Trainers.OnlineGradientDescent(new OnlineGradientDescentTrainer.Options
        {
            FeatureColumnName = column,
            LossFunction = new SquaredLoss(),
            LearningRate = 0.25f,
            DecreaseLearningRate = false,
            Averaged = false,
            Shuffle = false,
            NumberOfIterations = 1,
            L2Regularization = 0,
        });
        UnitRow[] rows = [new() { Features = Unit(length, slot, 1), Label = 1 }, new() { Features = Unit(length, slot, -1), Label = -1 }];
        var fitted = trainer.Fit(View(ml, rows, column, length));
        Check(fitted.Model, slot);
        return fitted;
    }

    /// <summary>A binary classifier that adds "PredictedLabel" (true when the value is above 0) and "Score", the value of the only slot.</summary>
    public static ITransformer Binary(MLContext ml, string column)
    {
        // The hinge loss's slope is 1 in both rows: a half and a half, then a half more for the weight and less for the bias.
        var trainer = ml.BinaryClassification.Trainers.AveragedPerceptron(new AveragedPerceptronTrainer.Options
        {
            FeatureColumnName = column,
            LossFunction = new HingeLoss(),
            LearningRate = 0.5f,
            DecreaseLearningRate = false,
            Averaged = false,
            Shuffle = false,
            NumberOfIterations = 1,
            L2Regularization = 0,
        });
        BinaryUnitRow[] rows = [new() { Features = [1], Label = true }, new() { Features = [-1], Label = false }];
        var fitted = trainer.Fit(View(ml, rows, column, 1));
        Check(fitted.Model, 0);
        return fitted;
    }

    private static IDataView View<TRow>(MLContext ml, IEnumerable<TRow> rows, string column, int length)
        where TRow : class
    {
        var definition = SchemaDefinition.Create(typeof(TRow));
        definition[nameof(UnitRow.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, length);
        definition[nameof(UnitRow.Features)].ColumnName = column;
        return ml.Data.LoadFromEnumerable(rows, definition);
    }

    private static float[] Unit(int length, int slot, float value)
    {
        var unit = new float[length];
        unit[slot] = value;
        return unit;
    }

    private static void Check(LinearModelParameters model, int slot)
    {
        for (var i = 0; i < model.Weights.Count; i++)
        {
            if (model.Weights[i] != (i == slot ? 1 : 0))
            {
                throw Unexpected();
            }
        }

        if (model.Bias != 0)
        {
            throw Unexpected();
        }
    }

    private static InvalidOperationException Unexpected()
        => new("This version of ML.NET fits linear models by other steps than the one that LegoNet.MLNet was made for.");

    private sealed class UnitRow
    {
        public float[] Features { get; set; } = [];

        public float Label { get; set; }
    }

    private sealed class BinaryUnitRow
    {
        public float[] Features { get; set; } = [];

        public bool Label { get; set; }
    }
}
