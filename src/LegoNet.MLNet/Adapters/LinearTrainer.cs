using LegoNet.Adapters;
using LegoNet.MLNet.Encoders;
using LegoNet.Specs;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace LegoNet.MLNet.Adapters;

/// <summary>What the linear trainers have in common: fitted to code / 127, stored as a <see cref="LinearAdapter"/> over codes.</summary>
internal abstract class LinearTrainer(string name, LabelLayout labels, int dimension) : MLNetTrainer<LinearScore>(name, labels, dimension)
{
    protected sealed override bool ScalesCodes => true;

    /// <inheritdoc/>
    public sealed override IAdapter Load(ReadOnlyMemory<byte> bytes, string file) => LinearAdapter.Read(bytes, file, Labels.Outputs, Dimension);

    protected sealed override byte[] ToFile(FittedScore<LinearScore>[] scores)
    {
        var width = Dimension + 1;
        var weights = new float[scores.Length * width];
        for (var c = 0; c < scores.Length; c++)
        {
            var (model, scale, offset) = scores[c];
            for (var j = 0; model is not null && j < Dimension; j++)
            {
                weights[(c * width) + j] = (float)(model.Weights[j] * scale / CodeFeatures.Scale);
            }

            weights[(c * width) + Dimension] = (float)((((model?.Bias ?? 0) * scale) + offset) / LinearAdapter.Bias);
        }

        return Array.TrueForAll(weights, float.IsFinite) ? new LinearAdapter(weights, scores.Length).ToFile() : throw NotFinite();
    }

    protected static LinearScore ScoreOf(LinearModelParameters model) => new([.. model.Weights], model.Bias);

    protected static LinearScore[] ScoresOf(MaximumEntropyModelParameters model)
    {
        VBuffer<float>[]? weights = null;
        model.GetWeights(ref weights!, out var classes);
        return [.. weights.Take(classes).Zip(model.GetBiases(), (w, b) => new LinearScore([.. w.DenseValues()], b))];
    }
}
