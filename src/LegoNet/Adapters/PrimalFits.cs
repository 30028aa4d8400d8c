using LegoNet.Numerics;

namespace LegoNet.Adapters;

/// <summary>Fits of the candidates to a shard with more rows than columns, from the Gram matrices of its folds.</summary>
internal sealed class PrimalFits : ICandidateFits
{
    private const int PassRows = 256;

    private readonly FoldedShard _shard;
    private readonly int _threads;
    private readonly int _outputs;
    private readonly int _width;
    private readonly double _share;
    private readonly FoldSums _all;
    private readonly Equations[] _folds;
    private readonly CodeRows _rows;

    /// <summary>Prepares fits.</summary>
    /// <param name="shard">The rows.</param>
    /// <param name="folds">Sums over each fold.</param>
    /// <param name="threads">Threads to use.</param>
    public PrimalFits(FoldedShard shard, IReadOnlyList<FoldSums> folds, int threads)
    {
        _shard = shard;
        _threads = threads;
        _outputs = SoftmaxFit.Logits(shard.Labels);
        _width = shard.Dimension + 1;
        _share = SoftmaxFit.CurvatureShare(shard.Labels);
        _all = folds.Count == 1 ? folds[0] : FoldSums.Total(folds);
        _folds = folds.Count == 1 ? [] : [.. folds.Select(f => new Equations(_all.Minus(f), _width, threads))];
        _rows = new CodeRows(shard.Codes, shard.Dimension, _outputs, shard.Folds, threads);
    }

    public bool Predict(Candidate candidate, Span<double> scores, CancellationToken cancellationToken)
    {
        using var pass = _rows.CreatePass(PassRows);
        for (var f = 0; f < _folds.Length; f++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var range = _shard.Folds[f];
            if (range.Count == 0 || range.Count == _shard.Rows)
            {
                continue;
            }

            if (Solve(candidate, _folds[f], _shard.Without(f), cancellationToken) is not { } weights)
            {
                return false;
            }

            CodeLogLoss.Scores(pass, weights, range, scores[range.First..], _shard.Stride);
        }

        return true;
    }

    public double[]? Fit(Candidate candidate, CancellationToken cancellationToken)
    {
        using var equations = new Equations(_all, _width, _threads);
        return Solve(candidate, equations, _shard.Folds, cancellationToken);
    }

    public void Dispose()
    {
        _rows.Dispose();
        foreach (var fold in _folds)
        {
            fold.Dispose();
        }
    }

    private double[]? Solve(Candidate candidate, Equations equations, RowRange[] ranges, CancellationToken cancellationToken)
    {
        var factor = equations.Factor(candidate.Shift(_share));
        if (!candidate.IsSoftmax)
        {
            var solution = Array.ConvertAll(equations.Sums.Moments, m => (double)m);
            factor.Solve(solution, _outputs);
            return factor.IsExact ? solution : null;
        }

        var penalty = candidate.Lambda * equations.Energy;
        using var function = new CodeLogLoss(_rows, _shard.Loss, ranges, penalty, new FactorPreconditioner(factor, _share), _threads);
        var at = new Direction(new double[function.Length]);
        QuasiNewton.Minimise(function, at, SoftmaxFit.EvaluationsFor(_shard.Rows, _width), SoftmaxFit.Tolerance, cancellationToken);
        return at.Coordinates.ToArray();
    }

    /// <summary>The sums over some rows, and the factor that was made of them last.</summary>
    private sealed class Equations(FoldSums sums, int width, int threads) : IDisposable
    {
        private ShiftedFactor? _factor;
        private double _shift;

        public FoldSums Sums { get; } = sums;

        public double Energy { get; } = FoldSums.MeanEnergy(sums.Gram);

        public ShiftedFactor Factor(double shift)
        {
            if (_factor is null || !Candidate.IsSame(_shift, shift))
            {
                _factor?.Dispose();
                (_factor, _shift) = (new ShiftedFactor(Sums.Gram, width, shift * Energy, threads), shift);
            }

            return _factor;
        }

        public void Dispose() => _factor?.Dispose();
    }
}
