using LegoNet.Numerics;
using LegoNet.Specs;

namespace LegoNet.Adapters;

/// <summary>What the fits of penalised log loss on a shard share: what a task's logits are, what they cost, and how long a search lasts.</summary>
internal static class SoftmaxFit
{
    /// <summary>The relative gain of a step that ends a fit.</summary>
    public const double Tolerance = 1e-4;

    // A search that ends early regularises a short shard. A long one has nothing to lose by a longer search.
    private const int Evaluations = 8;
    private const int LongEvaluations = 24;
    private const int LongRows = 32;

    private const double LeastShare = 0.1;

    /// <summary>Logits per record: one for two classes, else one for each class.</summary>
    public static int Logits(LabelLayout labels) => labels.Task == LearningTask.Binary ? 1 : labels.Outputs;

    /// <summary>
    /// The share h of the Gram matrix that stands for the curvature of the loss: what it is at first for two classes or a few, and 0.1 for more,
    /// and for labels, most of which are told apart.
    /// </summary>
    public static double CurvatureShare(LabelLayout labels)
    {
        double classes = labels.Classes.Count;
        return labels.Task == LearningTask.Multilabel ? LeastShare : Math.Max(LeastShare, (classes - 1) / (classes * classes));
    }

    /// <summary>Evaluations of the loss, at most.</summary>
    /// <param name="rows">Rows, m.</param>
    /// <param name="width">Columns, D.</param>
    public static int EvaluationsFor(long rows, int width) => rows >= (long)LongRows * width ? LongEvaluations : Evaluations;

    /// <summary>The loss of some labels.</summary>
    /// <param name="labels">How labels are stored.</param>
    /// <param name="words">Row-major labels, [m, labels.Width].</param>
    public static LogLoss Loss(LabelLayout labels, ReadOnlyMemory<int> words)
        => labels.Task switch
        {
            LearningTask.Multiclass => LogLoss.Softmax(words.Span, labels.Outputs),
            LearningTask.Binary => LogLoss.Sigmoid(words.Length, 1, (row, _) => words.Span[row] == 1),
            LearningTask.Multilabel => LogLoss.Sigmoid(
                words.Length / labels.Width,
                labels.Outputs,
                (row, c) => labels.HasClass(words.Span.Slice(row * labels.Width, labels.Width), c)),
            _ => throw new NotSupportedException("A number has no log loss."),
        };
}
