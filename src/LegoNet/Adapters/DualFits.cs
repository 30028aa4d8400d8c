using LegoNet.Numerics;
using LegoNet.Specs;

namespace LegoNet.Adapters;

/// <summary>Fits of the candidates to a shard with no more rows than columns, from the kernel matrix of its rows.</summary>
internal sealed class DualFits : ICandidateFits
{
    private readonly FoldedShard _shard;
    private readonly int _outputs;
    private readonly int _width;
    private readonly long[] _kernel;

    /// <summary>Prepares fits.</summary>
    /// <param name="shard">The rows, in (code, label) order within each fold.</param>
    /// <param name="threads">Threads to use.</param>
    public DualFits(FoldedShard shard, int threads)
    {
        _ = threads;
        _shard = shard;
        _outputs = SoftmaxFit.Logits(shard.Labels);
        _width = shard.Dimension + 1;
        _kernel = new long[GramKernel.PackedLength(shard.Rows)];
        GramKernel.KernelMatrix(shard.Codes, shard.Dimension, _kernel);
        Stride = (shard.Rows + 7) / 8 * 8;
    }

    public int Stride { get; }

    public bool Predict(Candidate candidate, Span<double> scores, CancellationToken cancellationToken)
    {
        var kernel = new KernelRows(_kernel, _shard.Rows);
        foreach (var fold in _shard.Folds)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (fold.Count == 0 || fold.Count == _shard.Rows)
            {
                continue;
            }

            var duals = Solve(candidate, kernel.Without(fold), Words(fold), SoftmaxFit.FoldEvaluations, cancellationToken);
            if (duals is null)
            {
                return false;
            }

            kernel.Scores(fold, duals, _outputs, scores[fold.First..], Stride);
        }

        return true;
    }

    public double[] Fit(Candidate candidate, CancellationToken cancellationToken)
    {
        var duals = Solve(candidate, _kernel, _shard.Words, SoftmaxFit.Evaluations, cancellationToken)
            ?? throw LegoNetException.BadInput($"adapter: λ {candidate.Lambda} is too small for a shard of this data; declare larger ones.");
        return DualForm.Weights(_shard.Codes, _shard.Dimension, duals, _outputs);
    }

    public void Dispose()
    {
    }

    // The labels of all rows but a fold's.
    private int[] Words(RowRange fold)
    {
        var width = _shard.Labels.Width;
        return [.. _shard.Words.AsSpan(0, fold.First * width), .. _shard.Words.AsSpan((fold.First + fold.Count) * width)];
    }

    private double[]? Solve(Candidate candidate, long[] kernel, int[] words, int evaluations, CancellationToken cancellationToken)
    {
        var labels = _shard.Labels;
        var rows = words.Length / labels.Width;

        // The trace of X Xᵀ is that of Xᵀ X.
        var penalty = candidate.Lambda * FoldSums.MeanEnergy(kernel) * rows / _width;
        if (candidate.IsSoftmax)
        {
            using var factor = new FactorPreconditioner(kernel, rows, SoftmaxFit.CurvatureShare, penalty);
            var function = new KernelLogLoss(SoftmaxFit.Loss(labels, words), rows, penalty, factor);
            var at = function.Zero;
            QuasiNewton.Minimise(function, at, evaluations, SoftmaxFit.Tolerance, cancellationToken);
            return at.Coordinates.ToArray();
        }

        var duals = new double[_outputs * rows];
        for (var row = 0; row < rows; row++)
        {
            for (var c = 0; c < _outputs; c++)
            {
                duals[(c * rows) + row] = Targets.Of(labels, words.AsSpan(row * labels.Width, labels.Width), c);
            }
        }

        var diagonal = new double[rows];
        Array.Fill(diagonal, penalty);
        return Cholesky.TrySolve(kernel, rows, diagonal, duals, _outputs) ? duals : null;
    }
}
