using LegoNet.Calibration;

namespace LegoNet.Tests.Calibration;

public class CalibrationBuilderTests
{
    [Fact]
    public void Build_ManyRecords_HasTwoPassMeanAndScale()
    {
        const int Dimension = 5;
        var records = Records(150, Dimension);
        var result = Build(records, Dimension, 0, null);
        for (var i = 0; i < Dimension; i++)
        {
            var mean = records.Average(r => (double)r[i]);
            var sigma = Math.Sqrt(records.Average(r => (r[i] - mean) * (r[i] - mean)));
            Assert.Equal(mean, result.Calibration.Mean[i], 1e-12);
            Assert.Equal(sigma, result.Calibration.Sigma[i], 1e-12);
        }

        Assert.Equal(150, result.ReferenceCount);
        Assert.True(result.Keys.IsEmpty);
    }

    [Fact]
    public void Build_ConstantDimension_HasScaleZeroExactly()
    {
        var records = Records(70, 3);
        foreach (var r in records)
        {
            r[1] = 0.1f;
        }

        var result = Build(records, 3, 4, null);
        Assert.Equal(0, result.Calibration.Sigma[1]);
        for (var k = 0; k < 4; k++)
        {
            Assert.Equal(0, result.Keys.Span[(k * 3) + 1]);
        }
    }

    [Fact]
    public void Build_WithProjection_GivesDecorrelatedComponentsLargestFirst()
    {
        const int Dimension = 8;
        var records = Records(300, Dimension);
        foreach (var r in records)
        {
            r[0] = (3 * r[1]) + (0.01f * r[2]);
        }

        var c = Build(records, Dimension, 0, 4).Calibration;
        Assert.Equal(4, c.CodeDimension);
        double Project(float[] r, int j) => Enumerable.Range(0, Dimension).Sum(i => c.Projection[(j * Dimension) + i] * (r[i] - c.Mean[i]));
        var projected = records.Select(r => Enumerable.Range(0, 4).Select(j => Project(r, j)).ToArray()).ToArray();
        for (var j = 0; j < 4; j++)
        {
            for (var k = 0; k < 4; k++)
            {
                var covariance = projected.Average(p => p[j] * p[k]);
                Assert.Equal(j == k ? c.Sigma[j] * c.Sigma[j] : 0, covariance, 1e-5);
            }

            Assert.True(j == 0 || c.Sigma[j] <= c.Sigma[j - 1]);
            var row = c.Projection.Slice(j * Dimension, Dimension).ToArray();
            Assert.True(row.MaxBy(Math.Abs) > 0);
        }
    }

    [Fact]
    public void Build_ProjectionBeyondTheRank_HasScaleZeroThere()
    {
        var records = Records(40, 4);
        foreach (var r in records)
        {
            r[3] = r[0];
        }

        var c = Build(records, 4, 0, 4).Calibration;
        Assert.Equal(0, c.Sigma[3]);
        Assert.True(c.Sigma[2] > 0.1);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(3)]
    public void Build_OtherOrder_ChoosesTheSameKeysAndDigest(int? projectTo)
    {
        var records = Records(200, 6);
        var forward = Build(records, 6, 10, projectTo);
        var backward = Build(records.Reverse(), 6, 10, projectTo);
        Assert.Equal(forward.ReferenceSha256, backward.ReferenceSha256);

        // Means and scales may differ in their last bits, and so, rarely, may a code by one step.
        Assert.All(forward.Keys.ToArray().Zip(backward.Keys.ToArray()), p => Assert.InRange(p.First - p.Second, -1, 1));
        Assert.NotEqual(forward.ReferenceSha256, Build(records[1..], 6, 10, projectTo).ReferenceSha256);
    }

    [Fact]
    public void Build_DuplicatesAndCentredRecords_AreNoKeys()
    {
        // The mean itself has a zero code; every other record comes three times.
        float[][] records = [[0, 0], [1, 1], [1, 1], [1, 1], [-1, -1], [-1, -1], [-1, -1], [2, -2], [-2, 2]];
        var keys = Build(records, 2, 4, null).Keys.ToArray();
        Assert.Equal(4, keys.Chunk(2).Select(k => (k[0], k[1])).Distinct().Count());
        Assert.All(keys.Chunk(2), k => Assert.NotEqual((0, 0), (k[0], k[1])));
        var error = Assert.Throws<LegoNetException>(() => Build(records, 2, 5, null));
        Assert.Contains("only 4", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_TooFewOrEqualRecords_IsRefused()
    {
        Assert.Throws<LegoNetException>(() => Build([], 2, 0, null));
        Assert.Throws<LegoNetException>(() => Build([[1, 2]], 2, 0, null));
        Assert.Throws<LegoNetException>(() => Build([[1, 2], [1, 2]], 2, 0, null));
        Assert.Throws<LegoNetException>(() => Build([[1, 2], [1, 2]], 2, 0, 1));
    }

    [Fact]
    public void Add_BadRecord_IsRefusedByNumber()
    {
        var builder = new CalibrationBuilder(2, 0);
        builder.Add([1, 2]);
        Assert.Contains("record 1", Assert.Throws<LegoNetException>(() => builder.Add([1])).Message, StringComparison.Ordinal);
        Assert.Contains("record 1", Assert.Throws<LegoNetException>(() => builder.Add([1, float.NaN])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 0, null)]
    [InlineData(2, -1, null)]
    [InlineData(2, 65_536, null)]
    [InlineData(2, 1, 3)]
    [InlineData(2, 1, 0)]
    public void Constructor_OutOfRange_IsRefused(int dimension, int keys, int? projectTo)
        => Assert.Throws<LegoNetException>(() => new CalibrationBuilder(dimension, keys, projectTo));

    private static float[][] Records(int count, int dimension)
        => [.. Enumerable.Range(0, count).Select(r => CodeCalibrationTests.Floats(dimension, (ulong)r + 100))];

    private static CalibrationResult Build(IEnumerable<float[]> records, int dimension, int keys, int? projectTo)
    {
        var builder = new CalibrationBuilder(dimension, keys, projectTo);
        foreach (var record in records)
        {
            builder.Add(record);
        }

        return builder.Build();
    }
}
