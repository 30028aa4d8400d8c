using LegoNet.Ensembles;
using LegoNet.MLNet.Data;
using LegoNet.MLNet.Encoders;
using LegoNet.Specs;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet;

/// <summary>Adds a model's predictions to rows, in the columns and with the annotations of ML.NET's own scorers.</summary>
internal sealed class ScoringMapping : RowMapping
{
    public const string PredictedLabel = "PredictedLabel";
    public const string Score = "Score";
    public const string Probability = "Probability";

    // Holds the transformer, so that a temporary model stays for as long as a view can still score with it.
    private readonly LegoNetTransformer _owner;
    private readonly FeatureCodes _features;
    private readonly OutputClasses? _classes;
    private readonly IReadOnlyList<string> _added;

    /// <summary>Finds and checks the feature column.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing, or not one that the model can score.</exception>
    public ScoringMapping(LegoNetTransformer owner, DataViewSchema input)
        : this(
            owner,
            input,
            FeatureCodes.For(Columns.FindVector(input, "feature", owner.FeatureColumnName), owner.Model, toStore: false),
            owner.ClassesFor(input))
    {
    }

    private ScoringMapping(LegoNetTransformer owner, DataViewSchema input, FeatureCodes features, OutputClasses? classes)
        : this(owner, input, features, classes, [.. CreateColumns(owner.Model.Spec.Task, classes, input)])
    {
    }

    private ScoringMapping(LegoNetTransformer owner, DataViewSchema input, FeatureCodes features, OutputClasses? classes, DataViewSchema.DetachedColumn[] added)
        : base(input, added)
    {
        _classes = classes;
        _owner = owner;
        _features = features;
        _added = [.. added.Select(c => c.Name)];
    }

    public override IEnumerable<DataViewSchema.Column> Sources(Func<int, bool> active) => [_features.Column];

    public override Delegate?[] CreateGetters(DataViewRow input, Func<int, bool> active)
    {
        var getters = new Delegate?[AddedCount];
        if (!Enumerable.Range(0, AddedCount).Any(active))
        {
            return getters;
        }

        var rows = new RowScores(_owner.CurrentScorers(pinned: input is DataViewRowCursor), _features.CreateGetter(input), input);
        for (var i = 0; i < getters.Length; i++)
        {
            getters[i] = active(i) ? CreateGetter(_added[i], rows) : null;
        }

        return getters;
    }

    private Delegate CreateGetter(string column, RowScores rows)
    {
        switch (_owner.Model.Spec.Task)
        {
            case LearningTask.Regression:
                return (ValueGetter<float>)((ref float value) => value = (float)rows.Current().Scores[0]);
            case LearningTask.Binary:
                return column switch
                {
                    PredictedLabel => (ValueGetter<bool>)((ref bool value) => value = rows.Current().Index == 1),
                    Score => (ValueGetter<float>)((ref float value) =>
                    {
                        var scores = rows.Current().Scores;
                        value = (float)(scores[1] - scores[0]);
                    }),
                    _ => (ValueGetter<float>)((ref float value) => value = (float)rows.Current().Probabilities[1]),
                };
            default:
                var classes = _classes!;
                return column switch
                {
                    PredictedLabel => (ValueGetter<uint>)((ref uint value) => value = (uint)classes.SlotOfClass[rows.Current().Index] + 1),
                    Score => (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) =>
                    {
                        var probabilities = rows.Current().Probabilities;
                        var editor = VBufferEditor.Create(ref value, classes.ClassOfSlot.Count);
                        for (var slot = 0; slot < editor.Values.Length; slot++)
                        {
                            editor.Values[slot] = classes.ClassOfSlot[slot] is >= 0 and var number ? (float)probabilities[number] : 0;
                        }

                        value = editor.Commit();
                    }),
                    _ => (ValueGetter<float>)((ref float value) =>
                    {
                        var prediction = rows.Current();
                        value = (float)prediction.Probabilities[prediction.Index];
                    }),
                };
        }
    }

    private static IEnumerable<DataViewSchema.DetachedColumn> CreateColumns(LearningTask task, OutputClasses? classes, DataViewSchema input)
    {
        var set = NextScoreSet(input);
        switch (task)
        {
            case LearningTask.Regression:
                yield return Column(Score, NumberDataViewType.Single, "Regression", set);
                break;
            case LearningTask.Binary:
                yield return Column(PredictedLabel, BooleanDataViewType.Instance, "BinaryClassification", set);
                yield return Column(Score, NumberDataViewType.Single, "BinaryClassification", set);
                yield return Column(Probability, NumberDataViewType.Single, "BinaryClassification", set, Normalized);
                break;
            default:
                var values = classes!.Values;
                var names = LabelValues.Of(values.Names);
                var key = new KeyDataViewType(typeof(uint), values.Names.Count);
                yield return Column(PredictedLabel, key, "MulticlassClassification", set, a => values.AddTo(a, LabelValues.Kind));
                yield return Column(Score, new VectorDataViewType(NumberDataViewType.Single, values.Names.Count), "MulticlassClassification", set, a =>
                {
                    names.AddTo(a, "SlotNames");
                    values.AddTo(a, "TrainingLabelValues");
                });
                yield return Column(Probability, NumberDataViewType.Single, "MulticlassClassification", set, Normalized);
                break;
        }
    }

    private static void Normalized(DataViewSchema.Annotations.Builder annotations)
        => annotations.AddPrimitiveValue("IsNormalized", BooleanDataViewType.Instance, true);

    private static DataViewSchema.DetachedColumn Column(
        string name, DataViewType type, string kind, uint set, Action<DataViewSchema.Annotations.Builder>? more = null)
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.AddPrimitiveValue("ScoreColumnSetId", new KeyDataViewType(typeof(uint), int.MaxValue), set);
        annotations.AddPrimitiveValue("ScoreColumnKind", TextDataViewType.Instance, kind.AsMemory());
        annotations.AddPrimitiveValue("ScoreValueKind", TextDataViewType.Instance, name.AsMemory());
        more?.Invoke(annotations);
        return new DataViewSchema.DetachedColumn(name, type, annotations.ToAnnotations());
    }

    // A pipeline may score more than once; ML.NET tells the columns of one scorer from those of another by this number.
    private static uint NextScoreSet(DataViewSchema input)
    {
        uint highest = 0;
        foreach (var column in input)
        {
            if (column.Annotations.Schema.GetColumnOrNull("ScoreColumnSetId")?.Type is KeyDataViewType key && key.RawType == typeof(uint))
            {
                uint value = 0;
                column.Annotations.GetValue("ScoreColumnSetId", ref value);
                highest = Math.Max(highest, value);
            }
        }

        return highest + 1;
    }

    /// <summary>Scores a row once, however many of its columns are read.</summary>
    private sealed class RowScores(Func<Scorer> scorers, FeatureCodes.Getter features, DataViewRow row)
    {
        private readonly sbyte[] _code = new sbyte[scorers().Spec.Dimension];
        private Prediction? _prediction;
        private long _position;

        public Prediction Current()
        {
            if (_prediction is null || _position != row.Position)
            {
                _prediction = null;
                features(_code);
                _prediction = scorers().Predict(_code);
                _position = row.Position;
            }

            return _prediction;
        }
    }
}
