using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace LegoNet.Lab.Networks;

/// <summary>A small network on int8 codes, each divided by 127: code → hidden units (ReLU) → logits; or one linear layer.</summary>
internal sealed class Network
{
    private Network(NetworkShape shape, DenseLayer[] layers)
    {
        Shape = shape;
        Layers = layers;
    }

    public NetworkShape Shape { get; }

    /// <summary>The layers, lowest first: two, or one where there are no hidden units.</summary>
    public IReadOnlyList<DenseLayer> Layers { get; }

    /// <summary>Everything that can be trained: the layers, lowest first, each followed by its branch.</summary>
    public IEnumerable<ParameterBlock> Blocks
        => Layers.SelectMany(l => l.Branch is { } branch ? new[] { l.Parameters, branch.Down, branch.Up } : [l.Parameters]);

    /// <summary>Bytes of the parameters.</summary>
    public long Bytes => Blocks.Sum(b => (long)sizeof(float) * b.Values.Length);

    /// <summary>Hexadecimal SHA-256 of the parameters.</summary>
    public string Digest
    {
        get
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (var block in Blocks)
            {
                hash.AppendData(MemoryMarshal.AsBytes<float>(block.Values));
            }

            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
    }

    /// <summary>A network with random weights.</summary>
    /// <param name="shape">Its size.</param>
    /// <param name="draws">The draws: weights row by row, the lowest layer first.</param>
    public static Network Create(NetworkShape shape, Draws draws) => new(shape, shape.Hidden == 0
        ? [DenseLayer.Create(shape.Inputs, shape.Classes, 1, draws)]
        : [DenseLayer.Create(shape.Inputs, shape.Hidden, 2, draws), DenseLayer.Create(shape.Hidden, shape.Classes, 1, draws)]);

    /// <summary>Puts a branch that gives zero beside the lowest layer. Gradients are taken back through a branch nowhere else.</summary>
    public void AddBranch(int rank, Draws draws) => Layers[0].AddBranch(rank, draws);

    /// <summary>Freezes or frees the layers; the branch stays free.</summary>
    public void FreezeLayers(bool frozen)
    {
        foreach (var layer in Layers)
        {
            layer.Parameters.IsFrozen = frozen;
        }
    }

    public Network Clone() => new(Shape, [.. Layers.Select(l => l.Clone())]);
}
