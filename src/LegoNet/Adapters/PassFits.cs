using LegoNet.Numerics;

namespace LegoNet.Adapters;

/// <summary>
/// Fits of the candidates to a shard with many rows and many columns: by passes over the rows, preconditioned by the diagonal of the Gram
/// matrix. Ridge is fitted so too; its search ends where a stated number of passes ends, as softmax's does. Searches go on from each other: without
/// a fold from where the same trainer's λ before it ended, and over all rows from the mean of the folds' ends.
/// </summary>
internal sealed class PassFits : ICandidateFits
{
    /// <summary>Passes of a search from zero at most.</summary>
    public const int Passes = 16;

    /// <summary>Passes of a search over all rows that goes on from the mean of those without a fold.</summary>
    public const int PassesFromFolds = 6;

    /// <summary>Passes of a search without a fold, which is only compared with others.</summary>
    public const int FoldPasses = 10;

    /// <summary>Passes of such a search that goes on from that of another λ.</summary>
    public const int FurtherFoldPasses = 4;

    // The passes end a search. Even small gains of the squared error are worth one.
    private const double Tolerance = 1e-7;

    private const double SquaredShare = 0.5;
    private const int PassRows = 256;

    private readonly FoldedShard _shard;
    private readonly int _threads;
    private readonly int _outputs;
    private readonly int _width;
    private readonly CodeRows _rows;
    private readonly LogLoss _squared;
    private readonly long[][] _energies;
    private readonly List<(Candidate Candidate, double[]?[] Weights)> _withoutFolds = [];

    /// <summary>Prepares fits.</summary>
    /// <param name="shard">The rows.</param>
    /// <param name="threads">Threads to use.</param>
    public PassFits(FoldedShard shard, int threads)
    {
        _shard = shard;
        _threads = threads;
        _outputs = SoftmaxFit.Logits(shard.Labels);
        _width = shard.Dimension + 1;
        _rows = new CodeRows(shard.Codes, shard.Dimension, _outputs, shard.Folds, threads);
        var width = shard.Labels.Width;
        _squared = LogLoss.Squared(shard.Rows, _outputs, (row, c) => Targets.Of(shard.Labels, shard.Words.AsSpan(row * width, width), c));
        _energies = [.. shard.Folds.Select(Energies)];
    }

    public bool Predict(Candidate candidate, Span<double> scores, CancellationToken cancellationToken)
    {
        using var pass = _rows.CreatePass(PassRows);
        var before = _withoutFolds.FindLast(other => other.Candidate.IsSoftmax == candidate.IsSoftmax).Weights;
        var found = new double[]?[_energies.Length];
        for (var f = 0; f < _energies.Length; f++)
        {
            var range = _shard.Folds[f];
            if (range.Count > 0 && range.Count < _shard.Rows)
            {
                var (start, passes) = before?[f] is { } weights ? (weights, FurtherFoldPasses) : (Zero(), FoldPasses);
                found[f] = weights = Minimise(candidate, _shard.Without(f), Sum(without: f), start, passes, cancellationToken);
                CodeLogLoss.Scores(pass, weights, range, scores[range.First..], _shard.Stride);
            }
        }

        _withoutFolds.Add((candidate, found));
        return true;
    }

    public double[]? Fit(Candidate candidate, CancellationToken cancellationToken)
    {
        double[][] found = [.. (_withoutFolds.Find(other => other.Candidate == candidate).Weights ?? []).OfType<double[]>()];
        var start = Zero();
        foreach (var weights in found)
        {
            FixedOrder.AddScaled(1.0 / found.Length, weights, start);
        }

        return Minimise(candidate, _shard.Folds, Sum(without: -1), start, found.Length > 0 ? PassesFromFolds : Passes, cancellationToken);
    }

    public void Dispose() => _rows.Dispose();

    private double[] Zero() => new double[_outputs * _width];

    private double[] Minimise(
        Candidate candidate, RowRange[] ranges, long[] energy, double[] start, int passes, CancellationToken cancellationToken)
    {
        long total = 0;
        foreach (var column in energy)
        {
            total += column;
        }

        var (loss, share) = candidate.IsSoftmax ? (_shard.Loss, SoftmaxFit.CurvatureShare(_shard.Labels)) : (_squared, SquaredShare);
        var penalty = candidate.Lambda * total / _width * (candidate.IsSoftmax ? 1 : SquaredShare);
        using var function = new CodeLogLoss(_rows, loss, ranges, penalty, new DiagonalPreconditioner(energy, share, penalty), _threads);
        var at = new Direction(start);
        QuasiNewton.Minimise(function, at, passes, Tolerance, cancellationToken);
        return at.Coordinates.ToArray();
    }

    // Σ c² of each column over a fold's rows, [D].
    private long[] Energies(RowRange range)
    {
        var energies = new long[_width];
        ColumnEnergies.Add(_shard.Codes.AsSpan(range.First * _shard.Dimension, range.Count * _shard.Dimension), _shard.Dimension, energies);
        energies[^1] = (long)range.Count * GramKernel.Bias * GramKernel.Bias;
        return energies;
    }

    private long[] Sum(int without)
    {
        var sum = new long[_width];
        for (var f = 0; f < _energies.Length; f++)
        {
            for (var j = 0; f != without && j < sum.Length; j++)
            {
                sum[j] += _energies[f][j];
            }
        }

        return sum;
    }
}
