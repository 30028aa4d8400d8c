using LegoNet.Numerics;
using LegoNet.Specs;

namespace LegoNet.Adapters;

/// <summary>Fits of the candidates to a shard with more rows than columns, from the Gram matrices of its folds.</summary>
internal sealed class PrimalFits : ICandidateFits
{
    private const int PassRows = 256;

    private readonly FoldedShard _shard;
    private readonly IReadOnlyList<FoldSums> _folds;
    private readonly int _threads;
    private readonly int _outputs;
    private readonly int _width;
    private readonly FoldSums _all;
    private readonly CodeRows _rows;
    private readonly LogLoss? _loss;

    // Where the fits without each fold ended: the next candidate's λ is close to the last one's, and a fit to all rows to those without folds.
    private readonly Dictionary<Candidate, double[][]> _ends = [];
    private double[][] _last;

    /// <summary>Prepares fits.</summary>
    /// <param name="shard">The rows.</param>
    /// <param name="folds">Sums over each fold.</param>
    /// <param name="threads">Threads to use.</param>
    public PrimalFits(FoldedShard shard, IReadOnlyList<FoldSums> folds, int threads)
    {
        _shard = shard;
        _folds = folds;
        _threads = threads;
        _outputs = SoftmaxFit.Logits(shard.Labels);
        _width = shard.Dimension + 1;
        _all = FoldSums.Total(folds);
        _rows = new CodeRows(shard.Codes, shard.Dimension, _outputs);
        _loss = shard.Labels.Task == LearningTask.Regression ? null : SoftmaxFit.Loss(shard.Labels, shard.Words);
        _last = [.. folds.Select(_ => new double[_outputs * _width])];
        Stride = (shard.Rows + 7) / 8 * 8;
    }

    public int Stride { get; }

    public bool Predict(Candidate candidate, Span<double> scores, CancellationToken cancellationToken)
    {
        using var factor = candidate.IsSoftmax ? Factor(candidate.Lambda) : null;
        if (candidate.IsSoftmax)
        {
            _ends[candidate] = _last = Array.ConvertAll(_last, start => (double[])start.Clone());
        }

        for (var f = 0; f < _folds.Count; f++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var range = _shard.Folds[f];
            if (range.Count == 0 || range.Count == _shard.Rows)
            {
                continue;
            }

            var rest = _all.Minus(_folds[f]);
            var weights = candidate.IsSoftmax
                ? Softmax(_shard.Without(f), rest.Penalty(candidate.Lambda), factor!, _last[f], SoftmaxFit.FoldEvaluations, cancellationToken)
                : Ridge(rest, candidate.Lambda);
            if (weights is null)
            {
                return false;
            }

            using var pass = _rows.CreatePass(PassRows);
            CodeLogLoss.Scores(pass, weights, range, scores[range.First..], Stride);
        }

        return true;
    }

    public double[] Fit(Candidate candidate, CancellationToken cancellationToken)
    {
        if (!candidate.IsSoftmax)
        {
            return Ridge(_all, candidate.Lambda)
                ?? throw LegoNetException.BadInput($"adapter: λ {candidate.Lambda} is too small for a shard of this data; declare larger ones.");
        }

        using var factor = Factor(candidate.Lambda);
        var start = new double[_outputs * _width];
        var ends = _ends.GetValueOrDefault(candidate, []);
        foreach (var end in ends)
        {
            FixedOrder.AddScaled(1.0 / ends.Length, end, start);
        }

        var evaluations = ends.Length > 0 ? SoftmaxFit.FoldEvaluations : SoftmaxFit.Evaluations;
        return Softmax([new RowRange(0, _shard.Rows)], _all.Penalty(candidate.Lambda), factor, start, evaluations, cancellationToken);
    }

    public void Dispose() => _rows.Dispose();

    private FactorPreconditioner Factor(double lambda) => new(_all.Gram, _width, SoftmaxFit.CurvatureShare, _all.Penalty(lambda));

    private double[] Softmax(
        RowRange[] ranges, double penalty, FactorPreconditioner factor, double[] start, int evaluations, CancellationToken cancellationToken)
    {
        using var function = new CodeLogLoss(_rows, _loss!, ranges, penalty, factor, _threads);
        var at = new Direction(start);
        QuasiNewton.Minimise(function, at, evaluations, SoftmaxFit.Tolerance, cancellationToken);
        at.Coordinates.CopyTo(start);
        return start;
    }

    private double[]? Ridge(FoldSums sums, double lambda)
    {
        var diagonal = new double[_width];
        Array.Fill(diagonal, sums.Penalty(lambda));
        var solution = Array.ConvertAll(sums.Moments, m => (double)m);
        return Cholesky.TrySolve(sums.Gram, _width, diagonal, solution, _outputs) ? solution : null;
    }
}
