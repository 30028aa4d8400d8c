using LegoNet.Numerics;
using LegoNet.Specs;

namespace LegoNet.Adapters;

/// <summary>What the fits of penalised log loss on a shard share: what a task's logits are, and what they cost.</summary>
internal static class SoftmaxFit
{
    /// <summary>The share of the Gram matrix that stands for the curvature of the loss.</summary>
    public const double CurvatureShare = 0.1;

    /// <summary>The relative gain of a step that ends a fit.</summary>
    public const double Tolerance = 1e-6;

    /// <summary>Evaluations of the loss, at most.</summary>
    public const int Evaluations = 10;

    /// <summary>Evaluations of the loss in a fit that is only compared with others, or starts from such fits, at most.</summary>
    public const int FoldEvaluations = 6;

    /// <summary>How many times as many evaluations a fit makes that is preconditioned by a diagonal.</summary>
    public const int DiagonalFactor = 2;

    /// <summary>Logits per record: one for two classes, else one for each class.</summary>
    public static int Logits(LabelLayout labels) => labels.Task == LearningTask.Binary ? 1 : labels.Outputs;

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
