namespace LegoNet.Lab.Networks;

/// <summary>
/// A batch on its way through a network and back. <see cref="Forward"/> fills what the layers give; an objective then sets gradients with
/// regard to that; <see cref="Backward"/> takes them to the parameters that are not frozen.
/// </summary>
internal sealed class NetworkPass
{
    private readonly Network _network;
    private readonly int _threads;
    private readonly LayerPass[] _layers;

    /// <param name="network">The network. It must not get or lose a branch afterwards.</param>
    /// <param name="capacity">The largest batch.</param>
    /// <param name="threads">Threads to use; they change no bit.</param>
    public NetworkPass(Network network, int capacity, int threads)
    {
        _network = network;
        _threads = threads;
        _layers = [.. network.Layers.Select(l => new LayerPass(l, capacity))];
        Capacity = capacity;
    }

    public int Capacity { get; }

    /// <summary>Records in the batch, m.</summary>
    public int Count { get; private set; }

    /// <summary>What the lowest layer gives, branch included and before the ReLU, [m, its outputs].</summary>
    public Span<float> Features => Slice(_layers[0].Sums, _network.Layers[0].Outputs);

    /// <summary>The lowest layer's branch's share of the features, [m, its outputs]; empty where there is no branch.</summary>
    public Span<float> Residuals => Slice(_layers[0].Residuals, _network.Layers[0].Branch?.Outputs ?? 0);

    /// <summary>Logits, [m, C].</summary>
    public Span<float> Logits => Slice(_layers[^1].Sums, _network.Shape.Classes);

    /// <summary>Set by the objective: gradient with regard to the logits, [m, C].</summary>
    public Span<float> LogitGradient => Slice(_layers[^1].Gradient, _network.Shape.Classes);

    /// <summary>Set by the objective: gradient with regard to the features, besides what the logits take there, [m, hidden].</summary>
    public Span<float> FeatureGradient => Slice(_layers[0].ExtraGradient, _network.Layers[0].Outputs);

    /// <summary>Set by the objective: gradient with regard to the residuals, besides what the features take there, [m, hidden].</summary>
    public Span<float> ResidualGradient => Slice(_layers[0].ResidualGradient, _network.Layers[0].Branch?.Outputs ?? 0);

    /// <summary>Takes a batch forward, and clears the gradients that an objective sets.</summary>
    /// <param name="codes">Row-major codes, [m, d]; m at most the capacity.</param>
    public void Forward(ReadOnlySpan<sbyte> codes)
    {
        Count = codes.Length / _network.Shape.Inputs;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Count, Capacity);
        Kernels.ToNumbers(codes, _layers[0].Input);
        for (var l = 0; l < _layers.Length; l++)
        {
            _layers[l].Forward(Count, _threads);
            if (l + 1 < _layers.Length)
            {
                Rectify(_layers[l].Sums, _layers[l + 1].Input, Count * _network.Layers[l].Outputs);
            }
        }

        LogitGradient.Clear();
        FeatureGradient.Clear();
        ResidualGradient.Clear();
    }

    /// <summary>Takes the objective's gradients back to the parameters that are not frozen.</summary>
    public void Backward()
    {
        for (var l = _layers.Length - 1; l >= 0; l--)
        {
            var layer = _layers[l];
            var length = Count * _network.Layers[l].Outputs;
            if (l == 0)
            {
                Kernels.AddScaled(1, layer.ExtraGradient.AsSpan(0, length), layer.Gradient.AsSpan(0, length));
            }

            layer.BackwardToParameters(Count, _threads);
            if (l > 0)
            {
                var below = _layers[l - 1];
                layer.BackwardToInput(Count, _threads, below.Gradient);
                Mask(below.Gradient, layer.Input, Count * _network.Layers[l].Inputs);
            }
        }
    }

    private static void Rectify(float[] from, float[] to, int length)
    {
        for (var i = 0; i < length; i++)
        {
            to[i] = from[i] > 0 ? from[i] : 0;
        }
    }

    private static void Mask(float[] gradient, float[] rectified, int length)
    {
        for (var i = 0; i < length; i++)
        {
            gradient[i] = rectified[i] > 0 ? gradient[i] : 0;
        }
    }

    private Span<float> Slice(float[] values, int columns) => values.AsSpan(0, Count * columns);

    /// <summary>One layer's share of the work.</summary>
    private sealed class LayerPass(DenseLayer layer, int capacity)
    {
        private readonly LoraBranch? _branch = layer.Branch;
        private readonly float[] _low = new float[capacity * (layer.Branch?.Rank ?? 0)];
        private readonly float[] _lowGradient = new float[capacity * (layer.Branch?.Rank ?? 0)];

        public float[] Input { get; } = new float[capacity * layer.Inputs];

        public float[] Sums { get; } = new float[capacity * layer.Outputs];

        public float[] Residuals { get; } = new float[layer.Branch is null ? 0 : capacity * layer.Outputs];

        public float[] Gradient { get; } = new float[capacity * layer.Outputs];

        public float[] ExtraGradient { get; } = new float[capacity * layer.Outputs];

        public float[] ResidualGradient { get; } = new float[layer.Branch is null ? 0 : capacity * layer.Outputs];

        public void Forward(int count, int threads)
        {
            Kernels.TimesTransposed(Input, layer.Parameters.Values, Sums, count, layer.Outputs, layer.Inputs, threads);
            for (var i = 0; i < count; i++)
            {
                Kernels.AddScaled(1, layer.Bias, Sums.AsSpan(i * layer.Outputs, layer.Outputs));
            }

            if (_branch is not null)
            {
                Kernels.TimesTransposed(Input, _branch.Down.Values, _low, count, _branch.Rank, layer.Inputs, threads);
                Kernels.TimesTransposed(_low, _branch.Up.Values, Residuals, count, layer.Outputs, _branch.Rank, threads);
                Kernels.AddScaled(1, Residuals.AsSpan(0, count * layer.Outputs), Sums.AsSpan(0, count * layer.Outputs));
            }
        }

        public void BackwardToParameters(int count, int threads)
        {
            if (!layer.Parameters.IsFrozen)
            {
                var gradient = layer.Parameters.Gradient;
                Kernels.TransposedTimes(Gradient, Input, gradient, layer.Outputs, layer.Inputs, count, threads);
                var bias = gradient.AsSpan(layer.Inputs * layer.Outputs);
                bias.Clear();
                for (var i = 0; i < count; i++)
                {
                    Kernels.AddScaled(1, Gradient.AsSpan(i * layer.Outputs, layer.Outputs), bias);
                }
            }

            if (_branch is not null)
            {
                Kernels.AddScaled(1, Gradient.AsSpan(0, count * layer.Outputs), ResidualGradient.AsSpan(0, count * layer.Outputs));
                Kernels.TransposedTimes(ResidualGradient, _low, _branch.Up.Gradient, layer.Outputs, _branch.Rank, count, threads);
                Kernels.Times(ResidualGradient, _branch.Up.Values, _lowGradient, count, _branch.Rank, layer.Outputs, threads);
                Kernels.TransposedTimes(_lowGradient, Input, _branch.Down.Gradient, _branch.Rank, layer.Inputs, count, threads);
            }
        }

        public void BackwardToInput(int count, int threads, float[] result)
            => Kernels.Times(Gradient, layer.Parameters.Values, result, count, layer.Inputs, layer.Outputs, threads);
    }
}
