using LegoNet.Numerics;
using LegoNet.Specs;

namespace LegoNet.Adapters;

/// <summary>Fits of the candidates to a shard with no more rows than columns, from the kernel matrix of its rows.</summary>
internal sealed class DualFits : ICandidateFits
{
    private readonly FoldedShard _shard;
    private readonly int _threads;
    private readonly int _outputs;
    private readonly int _width;
    private readonly double _share;
    private readonly KernelRows _kernel;
    private readonly Equations _all;
    private readonly Equations[] _folds;

    /// <summary>Prepares fits.</summary>
    /// <param name="shard">The rows, in (code, label) order within each fold.</param>
    /// <param name="threads">Threads to use.</param>
    public DualFits(FoldedShard shard, int threads)
    {
        _shard = shard;
        _threads = threads;
        _outputs = SoftmaxFit.Logits(shard.Labels);
        _width = shard.Dimension + 1;
        _share = SoftmaxFit.CurvatureShare(shard.Labels);
        var kernel = new long[GramKernel.PackedLength(shard.Rows)];
        GramKernel.KernelMatrix(shard.Codes, shard.Dimension, kernel, threads);
        _kernel = new KernelRows(kernel, shard.Rows);
        _all = new Equations(kernel, shard.Words, this);
        _folds = shard.Folds.Length == 1 ? [] : [.. shard.Folds.Select(fold => new Equations(_kernel.Without(fold), Words(fold), this))];
    }

    public bool Predict(Candidate candidate, Span<double> scores, CancellationToken cancellationToken)
    {
        for (var f = 0; f < _folds.Length; f++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var fold = _shard.Folds[f];
            if (fold.Count == 0 || fold.Count == _shard.Rows)
            {
                continue;
            }

            if (_folds[f].Solve(candidate, cancellationToken) is not { } duals)
            {
                return false;
            }

            _kernel.Scores(fold, duals, _outputs, scores[fold.First..], _shard.Stride);
        }

        return true;
    }

    public double[]? Fit(Candidate candidate, CancellationToken cancellationToken)
        => _all.Solve(candidate, cancellationToken) is { } duals
            ? DualForm.Weights(_shard.Codes, _shard.Dimension, duals, _outputs, _threads)
            : null;

    public void Dispose()
    {
        _all.Dispose();
        foreach (var fold in _folds)
        {
            fold.Dispose();
        }
    }

    // The labels of all rows but a fold's.
    private int[] Words(RowRange fold)
    {
        var width = _shard.Labels.Width;
        return [.. _shard.Words.AsSpan(0, fold.First * width), .. _shard.Words.AsSpan((fold.First + fold.Count) * width)];
    }

    /// <summary>The kernel matrix and labels of some rows, and the factor that was made of them last.</summary>
    private sealed class Equations(long[] kernel, int[] words, DualFits fits) : IDisposable
    {
        private readonly LabelLayout _labels = fits._shard.Labels;
        private readonly int _rows = words.Length / fits._shard.Labels.Width;
        private ShiftedFactor? _factor;
        private double _shift;

        // The trace of X Xᵀ is that of Xᵀ X.
        private double Energy => FoldSums.MeanEnergy(kernel) * _rows / fits._width;

        public double[]? Solve(Candidate candidate, CancellationToken cancellationToken)
        {
            var factor = Factor(candidate.Shift(fits._share));
            if (!candidate.IsSoftmax)
            {
                var duals = TargetTable();
                factor.Solve(duals, fits._outputs);
                return factor.IsExact ? duals : null;
            }

            var function = new KernelLogLoss(SoftmaxFit.Loss(_labels, words), _rows, candidate.Lambda * Energy, factor, fits._share);
            var at = function.Zero;
            QuasiNewton.Minimise(function, at, SoftmaxFit.EvaluationsFor(fits._shard.Rows, fits._width), SoftmaxFit.Tolerance, cancellationToken);
            return at.Coordinates.ToArray();
        }

        public void Dispose() => _factor?.Dispose();

        private ShiftedFactor Factor(double shift)
        {
            if (_factor is null || !Candidate.IsSame(_shift, shift))
            {
                _factor?.Dispose();
                (_factor, _shift) = (new ShiftedFactor(kernel, _rows, shift * Energy, fits._threads), shift);
            }

            return _factor;
        }

        private double[] TargetTable()
        {
            var targets = new double[fits._outputs * _rows];
            for (var row = 0; row < _rows; row++)
            {
                for (var c = 0; c < fits._outputs; c++)
                {
                    targets[(c * _rows) + row] = Targets.Of(_labels, words.AsSpan(row * _labels.Width, _labels.Width), c);
                }
            }

            return targets;
        }
    }
}
