using LegoNet.Specs;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Adapters;

/// <summary>Scores codes with one loaded transformer. Not thread-safe.</summary>
internal sealed class EstimatorEngine : IDisposable
{
    private const string ScoreName = "Score";

    private readonly CodeRow _input;
    private readonly DataViewRow _output;
    private readonly ValueGetter<float>? _single;
    private readonly ValueGetter<VBuffer<float>>? _vector;
    private VBuffer<float> _scores;

    public EstimatorEngine(ITransformer transformer, LabelLayout labels, int dimension)
    {
        _input = new CodeRow(SchemaOf(labels, dimension), dimension);
        var mapper = transformer.GetRowToRowMapper(_input.Schema);
        var score = mapper.OutputSchema[ScoreName];
        _output = mapper.GetRow(_input, [score]);
        if (labels.Task == LearningTask.Multiclass)
        {
            _vector = _output.GetGetter<VBuffer<float>>(score);
        }
        else
        {
            _single = _output.GetGetter<float>(score);
        }
    }

    /// <summary>What is wrong with a transformer that an estimator gave, as the rest of a sentence; null when it can score.</summary>
    public static string? WhyNotScorable(ITransformer transformer, LabelLayout labels, int dimension)
    {
        if (!transformer.IsRowToRowMapper)
        {
            return "gives a transformer that does not map row to row";
        }

        var expected = labels.Task == LearningTask.Multiclass ? $"Vector<Single, {labels.Outputs}>" : "Single";
        var type = transformer.GetOutputSchema(SchemaOf(labels, dimension)).GetColumnOrNull(ScoreName)?.Type;
        var fits = labels.Task == LearningTask.Multiclass
            ? type is VectorDataViewType vector && vector.Size == labels.Outputs && vector.ItemType == NumberDataViewType.Single
            : type == NumberDataViewType.Single;
        return fits ? null : $"gives a column \"{ScoreName}\" of type {type?.ToString() ?? "none"} where {expected} is expected";
    }

    /// <summary>The scores of a code; of length 1 where the column is a single number.</summary>
    public ReadOnlySpan<float> Score(ReadOnlySpan<double> code, Span<float> single)
    {
        _input.Set(code);
        if (_single is not null)
        {
            _single(ref single[0]);
            return single[..1];
        }

        _vector!(ref _scores);
        return _scores.IsDense ? _scores.GetValues() : _scores.DenseValues().ToArray();
    }

    /// <inheritdoc/>
    public void Dispose() => _output.Dispose();

    private static DataViewSchema SchemaOf(LabelLayout labels, int dimension) => ShardView.CreateSchema(labels, dimension, labels.Task switch
    {
        LearningTask.Multiclass => ShardLabels.Keys,
        LearningTask.Regression => ShardLabels.Target,
        _ => ShardLabels.OneClass,
    });
}
