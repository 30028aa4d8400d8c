using LegoNet.Lab.Networks;

namespace LegoNet.Lab.Methods;

/// <summary>A network as a model.</summary>
/// <param name="network">The network. Nobody may change it any more.</param>
internal sealed class NetworkModel(Network network) : IScoringModel
{
    private const int BatchSize = 256;

    /// <inheritdoc/>
    public string Digest => field ??= network.Digest;

    /// <summary>The network.</summary>
    public Network Network => network;

    /// <inheritdoc/>
    public void Score(ReadOnlySpan<sbyte> codes, Span<double> scores)
    {
        var (dimension, classes) = (network.Shape.Inputs, network.Shape.Classes);
        var rows = codes.Length / dimension;
        var pass = new NetworkPass(network, Math.Min(rows, BatchSize), threads: 1);
        for (var first = 0; first < rows; first += BatchSize)
        {
            var count = Math.Min(BatchSize, rows - first);
            pass.Forward(codes.Slice(first * dimension, count * dimension));
            for (var i = 0; i < count * classes; i++)
            {
                scores[(first * classes) + i] = pass.Logits[i];
            }
        }
    }
}
