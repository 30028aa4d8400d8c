using LegoNet.MLNet.Encoders;
using LegoNet.Specs;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Tests.Encoders;

public class EncoderAnnotationTests
{
    private static readonly EncoderBinding s_binding = new()
    {
        Declaration = """{"type":"hashing"}""",
        Fingerprint = new EncoderFingerprint("e", "r", "cpu", "integer", 1, 1),
    };

    [Fact]
    public void TryGet_AnnotatedColumn_GivesTheBinding()
        => Assert.Same(s_binding, EncoderAnnotation.TryGet(Column(new VectorDataViewType(NumberDataViewType.Single, 3), s_binding)));

    [Fact]
    public void TryGet_ColumnOfAnotherKind_GivesNone()
    {
        Assert.Null(EncoderAnnotation.TryGet(Column(new VectorDataViewType(NumberDataViewType.Single, 3), null)));
        Assert.Null(EncoderAnnotation.TryGet(Column(new VectorDataViewType(NumberDataViewType.Single), s_binding)));
        Assert.Null(EncoderAnnotation.TryGet(Column(NumberDataViewType.Single, s_binding)));
    }

    [Fact]
    public void TryGet_CachedView_KeepsTheBinding()
    {
        var ml = new MLContext(1);
        var view = ml.Data.Cache(new AnnotatedView(s_binding));
        Assert.Same(s_binding, EncoderAnnotation.TryGet(view.Schema["Features"]));
    }

    [Fact]
    public void SaveAsBinary_AnnotatedColumn_DropsTheBinding()
    {
        var ml = new MLContext(1);
        using var stream = new MemoryStream();
        ml.Data.SaveAsBinary(new AnnotatedView(s_binding), stream);
        var loaded = ml.Data.LoadFromBinary(new BytesSource(stream.ToArray()));
        Assert.Null(EncoderAnnotation.TryGet(loaded.Schema["Features"]));
    }

    [Fact]
    public void SaveModel_InputSchemaWithTheAnnotation_Works()
    {
        var ml = new MLContext(1);
        var view = new AnnotatedView(s_binding);
        var model = ml.Transforms.CopyColumns("Copy", "Features").Fit(view);
        using var stream = new MemoryStream();
        ml.Model.Save(model, view.Schema, stream);
        stream.Position = 0;
        _ = ml.Model.Load(stream, out var schema);
        Assert.NotNull(schema.GetColumnOrNull("Features"));
    }

    private static DataViewSchema.Column Column(DataViewType type, EncoderBinding? binding)
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        if (binding is not null)
        {
            EncoderAnnotation.Add(annotations, binding);
        }

        var schema = new DataViewSchema.Builder();
        schema.AddColumn("Features", type, annotations.ToAnnotations());
        return schema.ToSchema()["Features"];
    }

    private sealed class AnnotatedView(EncoderBinding binding) : IDataView
    {
        public bool CanShuffle => false;

        public DataViewSchema Schema { get; } = Build(binding);

        public long? GetRowCount() => 0;

        public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => new Cursor(Schema);

        public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
            => [GetRowCursor(columnsNeeded, rand)];

        private static DataViewSchema Build(EncoderBinding binding)
        {
            var annotations = new DataViewSchema.Annotations.Builder();
            EncoderAnnotation.Add(annotations, binding);
            var schema = new DataViewSchema.Builder();
            schema.AddColumn("Features", new VectorDataViewType(NumberDataViewType.Single, 2), annotations.ToAnnotations());
            return schema.ToSchema();
        }

        private sealed class Cursor(DataViewSchema schema) : DataViewRowCursor
        {
            public override long Position => -1;

            public override long Batch => 0;

            public override DataViewSchema Schema => schema;

            public override bool MoveNext() => false;

            public override bool IsColumnActive(DataViewSchema.Column column) => true;

            public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId value) => value = default;

            public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
                => (ref TValue value) => throw new InvalidOperationException("There are no rows.");
        }
    }

    private sealed class BytesSource(byte[] bytes) : IMultiStreamSource
    {
        public int Count => 1;

        public string? GetPathOrNull(int index) => null;

        public Stream Open(int index) => new MemoryStream(bytes);

        public TextReader OpenTextReader(int index) => new StreamReader(Open(index));
    }
}
