using LegoNet.Adapters;
using LegoNet.Data.Formats;

namespace LegoNet.Tests.Adapters;

public class TreeAdapterTests
{
    private const int Outputs = 3;
    private const int Dimension = 4;

    [Fact]
    public void AddScores_ThreeOutputs_AddsOneLeafOfEachTreeAndTheOffset()
    {
        var adapter = Sample();
        Assert.Equal([0.5 + 1 + 0.25, -1, 2 + 30], Scores(adapter, [5, 0, 0, -3]));
        Assert.Equal([0.5 + 2 + 0.25, -1, 2 + 10], Scores(adapter, [6, 0, 1, 0]));
        Assert.Equal([0.5 + 4 + 0.25, -1, 2 + 10], Scores(adapter, [6, 0, 2, 127]));

        // Added to what is there.
        double[] scores = [100, 200, 300];
        adapter.AddScores([5, 0, 0, -3, LinearAdapter.Bias], scores);
        Assert.Equal([101.75, 199, 332], scores);
    }

    [Fact]
    public void ToFile_Read_GivesTheSameTreesAndBytes()
    {
        var file = Sample().ToFile();
        var read = TreeAdapter.Read(file, "test", Outputs, Dimension);
        Assert.Equal(file, read.ToFile());
        Assert.Equal(Scores(Sample(), [6, 0, 1, 0]), Scores(read, [6, 0, 1, 0]));
        Assert.Equal(3, read.Trees.Count);
        Assert.Equal([0.5, -1, 2], read.Offsets.ToArray());
        Assert.Empty(TreeAdapter.Read(new TreeAdapter([1, 2, 3], []).ToFile(), "test", Outputs, Dimension).Trees);
    }

    [Fact]
    public void Create_NodesAndLeavesInAnotherOrder_IsTheSameTree()
    {
        // The tree of Sample, grown in another order.
        var tree = AdapterTree.Create(0, [0, 2, 1], [5.5f, 1.5f, 0.5f], [2, ~1, ~3], [1, ~0, ~2], [4, 2, 1, 1]);
        Assert.Equal([0, 1, 2], tree.Features.ToArray());
        Assert.Equal([5.5f, 0.5f, 1.5f], tree.Thresholds.ToArray());
        Assert.Equal([1, ~0, ~2], tree.Left.ToArray());
        Assert.Equal([2, ~1, ~3], tree.Right.ToArray());
        Assert.Equal([1, 1, 2, 4], tree.Leaves.ToArray());
    }

    [Theory]
    [InlineData(new[] { 0 }, new[] { -1 }, 2)] // A cycle.
    [InlineData(new[] { -1 }, new[] { -1 }, 2)] // A leaf twice.
    [InlineData(new[] { -1 }, new[] { -3 }, 2)] // No such leaf.
    [InlineData(new[] { 7 }, new[] { -1 }, 2)] // No such node.
    [InlineData(new[] { -1, -2 }, new[] { -3, -1 }, 3)] // A node that nothing leads to.
    [InlineData(new[] { -1 }, new[] { -2 }, 3)] // A leaf that nothing leads to.
    [InlineData(new[] { -1 }, new[] { int.MinValue }, 2)]
    [InlineData(new[] { int.MaxValue }, new[] { -1 }, 2)]
    [InlineData(new int[0], new int[0], 1)]
    public void Create_BranchesThatAreNoTree_Throws(int[] left, int[] right, int leaves)
        => Assert.Throws<ArgumentException>(() => AdapterTree.Create(0, new int[left.Length], new float[left.Length], left, right, new double[leaves]));

    [Theory]
    [InlineData("offsets", 0, 0x7FF0000000000000)] // ∞
    [InlineData("leaves", 1, 0x7FF8000000000000)] // Not a number.
    [InlineData("thresholds", 0, 0x7F800000)]
    [InlineData("features", 0, Dimension)]
    [InlineData("features", 1, -1)]
    [InlineData("outputs", 0, -1)]
    [InlineData("outputs", 2, Outputs)]
    [InlineData("outputs", 0, 2)] // Out of order.
    [InlineData("nodes", 0, 0)]
    [InlineData("nodes", 0, 2)]
    [InlineData("nodes", 0, -3)]
    [InlineData("nodes", 2, int.MaxValue)]
    [InlineData("left", 0, 0)] // A cycle.
    [InlineData("left", 0, 2)] // Right before left: well-formed, but another file for the same tree.
    [InlineData("left", 1, -2)]
    [InlineData("right", 4, -3)]
    [InlineData("right", 4, int.MinValue)]
    [InlineData("right", 0, int.MaxValue)]
    public void Read_HostileValue_IsDamaged(string array, int element, long value)
    {
        var file = Sample().ToFile();
        Assert.True(SafetensorsHeader.Parse(file, file.Length, "test").TryGet(array, out var info));
        var size = (int)(info.Length / info.Shape[0]);
        BitConverter.GetBytes(value).AsSpan(0, size).CopyTo(file.AsSpan((int)info.Offset + (element * size)));
        AssertDamaged(file);
    }

    [Theory]
    [InlineData("offsets")]
    [InlineData("leaves")]
    [InlineData("outputs")]
    [InlineData("nodes")]
    [InlineData("features")]
    [InlineData("thresholds")]
    [InlineData("left")]
    [InlineData("right")]
    public void Read_ArrayMissingOrOfAnotherLength_IsDamaged(string array)
    {
        var file = SafetensorsFile.Parse(Sample().ToFile(), "test");
        AssertDamaged(Rewrite(file, name => name == array ? null : 0));
        AssertDamaged(Rewrite(file, name => name == array ? 1 : 0));
    }

    [Fact]
    public void Read_OtherModelsFile_IsDamaged()
    {
        AssertDamaged(new LinearAdapter(new float[Outputs * (Dimension + 1)], Outputs).ToFile());
        Assert.Equal(LegoNetError.Damaged, Assert.Throws<LegoNetException>(() => TreeAdapter.Read(Sample().ToFile(), "test", Outputs + 1, Dimension)).Error);
    }

    [Fact]
    public void Create_LeavesAndOffsets_AreRoundedSoThatSumsAreExactInAnyOrder()
    {
        var random = new Random(3);
        var leaves = new double[400];
        for (var i = 0; i < leaves.Length; i++)
        {
            var tree = AdapterTree.Create(0, [0], [0], [~0], [~1], [(random.NextDouble() - 0.5) * Math.Pow(10, i % 6), 1e300]);
            leaves[i] = tree.Leaves[0];
            Assert.Equal(1e300, tree.Leaves[1]);
            Assert.Equal(Math.Round(leaves[i] * (1L << 32)), leaves[i] * (1L << 32));
        }

        Assert.Equal(leaves.Sum(), leaves.Reverse().Sum());
        Assert.Equal(leaves.Sum(), leaves.Order().Sum());
        var adapter = new TreeAdapter([0.1], []);
        Assert.Equal(0.1, adapter.Offsets[0], 1e-9);
        Assert.Equal(adapter.ToFile(), TreeAdapter.Read(adapter.ToFile(), "test", 1, 1).ToFile());
    }

    private static TreeAdapter Sample() => new(
        [0.5, -1, 2],
        [
            AdapterTree.Create(0, [0, 1, 2], [5.5f, 0.5f, 1.5f], [1, ~0, ~2], [2, ~1, ~3], [1, 1, 2, 4]),
            AdapterTree.Create(0, [3], [0.5f], [~0], [~1], [0.25, 0.25]),
            AdapterTree.Create(2, [3], [-1.5f], [~0], [~1], [30, 10]),
        ]);

    private static double[] Scores(TreeAdapter adapter, double[] code)
    {
        var scores = new double[Outputs];
        adapter.AddScores([.. code, LinearAdapter.Bias], scores);
        return scores;
    }

    private static void AssertDamaged(byte[] file)
    {
        var e = Assert.Throws<LegoNetException>(() => TreeAdapter.Read(file, "test", Outputs, Dimension));
        Assert.Equal(LegoNetError.Damaged, e.Error);
        Assert.StartsWith("test: ", e.Message, StringComparison.Ordinal);
    }

    /// <summary>The file with arrays left out (null) or longer by some elements.</summary>
    private static byte[] Rewrite(SafetensorsFile file, Func<string, int?> change)
    {
        var writer = new SafetensorsWriter();
        foreach (var tensor in file.Header.Tensors.Where(t => change(t.Name) is not null))
        {
            var length = (int)tensor.Shape[0];
            var longer = length + change(tensor.Name)!.Value;
            switch (tensor.Type)
            {
                case TensorType.F64:
                    Put<double>(tensor.Name, longer);
                    break;
                case TensorType.F32:
                    Put<float>(tensor.Name, longer);
                    break;
                default:
                    Put<int>(tensor.Name, longer);
                    break;
            }
        }

        return writer.ToArray();

        void Put<T>(string name, int longer)
            where T : unmanaged
        {
            var values = file.Get<T>(name, -1).ToArray();
            Array.Resize(ref values, longer);
            writer.Add<T>(name, values, longer);
        }
    }
}
