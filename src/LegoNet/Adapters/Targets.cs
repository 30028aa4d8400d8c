using LegoNet.Specs;

namespace LegoNet.Adapters;

/// <summary>What the scores of a ridge candidate are fitted to: 0 and 1 for classes, −1 and 1 for single logits, steps for numbers.</summary>
internal static class Targets
{
    /// <summary>One row's target of one output.</summary>
    /// <param name="labels">How labels are stored.</param>
    /// <param name="label">The label, [labels.Width].</param>
    /// <param name="output">The output, below <see cref="SoftmaxFit.Logits"/>.</param>
    public static int Of(LabelLayout labels, ReadOnlySpan<int> label, int output) => labels.Task switch
    {
        LearningTask.Multiclass => label[0] == output ? 1 : 0,
        LearningTask.Binary => label[0] == 1 ? 1 : -1,
        LearningTask.Multilabel => labels.HasClass(label, output) ? 1 : -1,
        _ => label[0] - Offset(labels),
    };

    /// <summary>
    /// A number is fitted as its distance from the middle of the declared range, so that the penalty on the constant column pulls towards the
    /// middle and not towards the minimum.
    /// </summary>
    public static int Offset(LabelLayout labels) => labels.Task == LearningTask.Regression ? labels.Target!.Steps / 2 : 0;

    /// <summary>Adds Σ x·target over rows to sums.</summary>
    /// <param name="labels">How labels are stored.</param>
    /// <param name="codes">Codes [m, d].</param>
    /// <param name="dimension">d.</param>
    /// <param name="words">Labels [m, labels.Width].</param>
    /// <param name="sums">[L, d + 1].</param>
    /// <param name="subtract">Whether to subtract.</param>
    public static void AddSums(LabelLayout labels, ReadOnlySpan<sbyte> codes, int dimension, ReadOnlySpan<int> words, Span<long> sums, bool subtract)
    {
        Moments.Target? target = labels.Task == LearningTask.Multiclass ? null : (label, output) => Of(labels, label, output);
        Moments.Add(codes, dimension, words, SoftmaxFit.Logits(labels), target, sums, subtract);
    }
}
