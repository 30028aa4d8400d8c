using LegoNet.MLNet.Data;
using LegoNet.MLNet.Encoders;
using LegoNet.Routing;
using LegoNet.Specs;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet;

/// <summary>
/// The records of one state of a model, as rows: Label, Features, Subject and Id. Each cursor reads the model directory, a segment at a
/// time.
/// </summary>
internal sealed class StoredRecordsView : IDataView
{
    public const string Label = "Label";
    public const string Features = "Features";
    public const string Subject = "Subject";
    public const string Id = "Id";

    private readonly LegoNetModel _model;
    private readonly string _root;
    private readonly long _count;

    /// <summary>Shows the state that the model is in now.</summary>
    public StoredRecordsView(LegoNetModel model)
    {
        _model = model;
        _root = model.RootDigest;
        _count = model.RecordCount;
        Schema = Build(model);
    }

    public bool CanShuffle => false;

    public DataViewSchema Schema { get; }

    public long? GetRowCount() => _count;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
        => new StoredRecordsCursor(Schema, _model.Spec.Task, _model.ReadRecords(_root), columnsNeeded);

    // Records are read in the order of their tags by one reader; ML.NET accepts fewer cursors than it asks for.
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
        => [GetRowCursor(columnsNeeded, rand)];

    private static DataViewSchema Build(LegoNetModel model)
    {
        var spec = model.Spec;
        var keys = model.Keys;
        var features = new DataViewSchema.Annotations.Builder();
        EncoderAnnotation.Add(features, new EncoderBinding
        {
            Declaration = spec.Encoder,
            Fingerprint = spec.Fingerprint,
            Calibration = model.Calibration,
            PublicKeys = spec.Keys != KeySource.Public ? null : count => count <= keys.Count
                ? KeySet.FromValues(keys.Values[..(count * spec.Dimension)], spec.Dimension)
                : throw LegoNetException.BadInput($"{model.Path}: has {keys.Count} public keys where {count} adapters need one each."),
            ModelPath = model.EncoderPath,
        });
        var label = new DataViewSchema.Annotations.Builder();
        if (spec.Task == LearningTask.Multiclass)
        {
            LabelValues.Of(spec.Classes).AddTo(label, LabelValues.Kind);
        }

        var schema = new DataViewSchema.Builder();
        schema.AddColumn(
            Label,
            spec.Task switch
            {
                LearningTask.Multiclass => new KeyDataViewType(typeof(uint), spec.Classes.Count),
                LearningTask.Binary => BooleanDataViewType.Instance,
                LearningTask.Regression => NumberDataViewType.Single,
                _ => TextDataViewType.Instance,
            },
            label.ToAnnotations());
        schema.AddColumn(Features, new VectorDataViewType(NumberDataViewType.Single, spec.Dimension), features.ToAnnotations());
        schema.AddColumn(Subject, TextDataViewType.Instance);
        schema.AddColumn(Id, TextDataViewType.Instance);
        return schema.ToSchema();
    }
}
