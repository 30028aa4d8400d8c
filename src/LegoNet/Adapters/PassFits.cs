using LegoNet.Numerics;

namespace LegoNet.Adapters;

/// <summary>
/// Fits of the candidates to a shard with many rows and many columns: by passes over the rows, preconditioned by the diagonal of the Gram
/// matrix. Ridge is fitted so too; its search ends where a stated number of passes ends, as softmax's does.
/// </summary>
internal sealed class PassFits : ICandidateFits
{
    /// <summary>Passes of a search at most.</summary>
    public const int Passes = 16;

    /// <summary>Passes of a search that is only compared with others.</summary>
    public const int FoldPasses = 10;

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
        for (var f = 0; f < _energies.Length; f++)
        {
            var range = _shard.Folds[f];
            if (range.Count > 0 && range.Count < _shard.Rows)
            {
                var weights = Minimise(candidate, _shard.Without(f), Sum(without: f), FoldPasses, cancellationToken);
                CodeLogLoss.Scores(pass, weights, range, scores[range.First..], _shard.Stride);
            }
        }

        return true;
    }

    public double[]? Fit(Candidate candidate, CancellationToken cancellationToken)
        => Minimise(candidate, _shard.Folds, Sum(without: -1), Passes, cancellationToken);

    public void Dispose() => _rows.Dispose();

    private double[] Minimise(Candidate candidate, RowRange[] ranges, long[] energy, int passes, CancellationToken cancellationToken)
    {
        long total = 0;
        foreach (var column in energy)
        {
            total += column;
        }

        var (loss, share) = candidate.IsSoftmax ? (_shard.Loss, SoftmaxFit.CurvatureShare(_shard.Labels)) : (_squared, SquaredShare);
        var penalty = candidate.Lambda * total / _width * (candidate.IsSoftmax ? 1 : SquaredShare);
        using var function = new CodeLogLoss(_rows, loss, ranges, penalty, new DiagonalPreconditioner(energy, share, penalty), _threads);
        var at = new Direction(new double[function.Length]);
        QuasiNewton.Minimise(function, at, passes, Tolerance, cancellationToken);
        return at.Coordinates.ToArray();
    }

    // Σ c² of each column over a fold's rows, [D].
    private long[] Energies(RowRange range)
    {
        var energies = new long[_width];
        for (var r = range.First; r < range.First + range.Count; r++)
        {
            var code = _shard.Codes.AsSpan(r * _shard.Dimension, _shard.Dimension);
            for (var j = 0; j < code.Length; j++)
            {
                energies[j] += code[j] * code[j];
            }
        }

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
