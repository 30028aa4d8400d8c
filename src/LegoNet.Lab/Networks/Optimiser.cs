using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LegoNet.Lab.Networks;

/// <summary>Turns gradients into updates. It keeps what it has seen of each block.</summary>
/// <param name="options">Which, and how.</param>
internal sealed class Optimiser(OptimiserOptions options)
{
    private const float SecondMomentum = 0.999f;
    private const float Epsilon = 1e-8f;
    private const int Lanes = 16;

    private readonly ConditionalWeakTable<ParameterBlock, Memory> _memories = [];

    /// <summary>The update that a block's newest gradient asks for.</summary>
    /// <param name="block">The block.</param>
    /// <returns>What is to be added to the values; valid until the next call for this block, and free to be changed by then.</returns>
    public float[] Update(ParameterBlock block)
    {
        var memory = _memories.GetValue(block, static b => new Memory(b.Values.Length));
        if (options.Kind == OptimiserKind.Sgd)
        {
            Descend(block, memory);
        }
        else
        {
            Adapt(block, memory);
        }

        return memory.Update;
    }

    // v = momentum · v − rate · g.
    private void Descend(ParameterBlock block, Memory memory)
    {
        var i = 0;
        float[] values = block.Values, gradient = block.Gradient, mean = memory.Mean, update = memory.Update;
        for (; i <= values.Length - Lanes; i += Lanes)
        {
            var g = Vector512.Create(gradient, i) + (Vector512.Create(options.WeightDecay) * Vector512.Create(values, i));
            var v = (Vector512.Create(options.Momentum) * Vector512.Create(mean, i)) - (Vector512.Create(options.LearningRate) * g);
            v.CopyTo(mean, i);
            v.CopyTo(update, i);
        }

        for (; i < values.Length; i++)
        {
            var g = gradient[i] + (options.WeightDecay * values[i]);
            update[i] = mean[i] = (options.Momentum * mean[i]) - (options.LearningRate * g);
        }
    }

    private void Adapt(ParameterBlock block, Memory memory)
    {
        memory.MeanPower *= options.Momentum;
        memory.SquarePower *= SecondMomentum;
        var meanScale = (float)(1 / (1 - memory.MeanPower));
        var squareScale = (float)(1 / (1 - memory.SquarePower));
        float keep = options.Momentum, take = 1 - keep, keepSquare = SecondMomentum, takeSquare = 1 - keepSquare;
        float[] values = block.Values, gradient = block.Gradient, mean = memory.Mean, square = memory.Square, update = memory.Update;
        var i = 0;
        for (; i <= values.Length - Lanes; i += Lanes)
        {
            var g = Vector512.Create(gradient, i) + (Vector512.Create(options.WeightDecay) * Vector512.Create(values, i));
            var m = (Vector512.Create(keep) * Vector512.Create(mean, i)) + (Vector512.Create(take) * g);
            var s = (Vector512.Create(keepSquare) * Vector512.Create(square, i)) + (Vector512.Create(takeSquare) * (g * g));
            m.CopyTo(mean, i);
            s.CopyTo(square, i);
            var root = Vector512.Sqrt(s * Vector512.Create(squareScale)) + Vector512.Create(Epsilon);
            (Vector512.Create(-options.LearningRate) * (m * Vector512.Create(meanScale)) / root).CopyTo(update, i);
        }

        for (; i < values.Length; i++)
        {
            var g = gradient[i] + (options.WeightDecay * values[i]);
            mean[i] = (keep * mean[i]) + (take * g);
            square[i] = (keepSquare * square[i]) + (takeSquare * (g * g));
            update[i] = -options.LearningRate * (mean[i] * meanScale) / (MathF.Sqrt(square[i] * squareScale) + Epsilon);
        }
    }

    private sealed class Memory(int length)
    {
        public float[] Update { get; } = new float[length];

        public float[] Mean { get; } = new float[length];

        public float[] Square { get; } = new float[length];

        public double MeanPower { get; set; } = 1;

        public double SquarePower { get; set; } = 1;
    }
}
