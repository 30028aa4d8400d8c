using LegoNet.Audit;
using LegoNet.Calibration;
using LegoNet.Data;
using LegoNet.Data.Images;
using LegoNet.Encoders;
using LegoNet.Encoders.Hashing;
using LegoNet.MLNet.Data;
using LegoNet.MLNet.Encoders;
using LegoNet.MLNet.Tests.Support;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Tests.Encoders;

public class EncodeOnnxTests
{
    private const int Batch = 4;

    private readonly MLContext _ml = new(1);

    [Theory]
    [InlineData("Path", 1)]
    [InlineData("File", 3)]
    [InlineData("Pixels", 2)]
    public void EncodeOnnx_ImagesInAnyForm_GivesTheCoresCodesInOrder(string column, int threads)
    {
        using var folder = new TempFolder();
        var images = Shapes32.Pixels(75);
        var view = Images(images, folder);
        var options = new EncodeOnnxEstimator.Options
        {
            InputColumnName = column,
            Card = Shapes32.Card,
            Device = "cpu",
            ImageFolder = folder.Path,
            Threads = threads,
        };
        using var model = _ml.Transforms.EncodeOnnx(options).Fit(view);

        Assert.Equal(Shapes32.Codes(images), Views.Codes(model.Transform(view)));
    }

    [Fact]
    public void EncodeOnnx_PredictionEngine_GivesTheSameCodeAsTheView()
    {
        using var folder = new TempFolder();
        var images = Shapes32.Pixels(3);
        var view = Images(images, folder);
        var options = new EncodeOnnxEstimator.Options
        {
            InputColumnName = "File",
            Card = Shapes32.Card,
            Device = "cpu",
            CacheDirectory = folder["cache"],
            IdColumnName = "Id",
        };
        using var model = _ml.Transforms.EncodeOnnx(options).Fit(view);

        // The features alone: an engine is asked for new images, which have no ids.
        using var engine = _ml.Model.CreatePredictionEngine<FileRow, CodeRow>(model, new PredictionEngineOptions { OwnsTransformer = false });
        var expected = Views.Vectors(model.Transform(view), "Features");
        for (var i = 0; i < images.Length; i++)
        {
            Assert.Equal(expected[i].DenseValues(), engine.Predict(new FileRow { File = Shapes32.Png(images[i]) }).Features);
        }
    }

    [Fact]
    public void EncodeOnnx_OutputColumn_CarriesWhatMadeIt()
    {
        using var folder = new TempFolder();
        var view = Images(Shapes32.Pixels(1), folder);
        using var setup = Shapes32.Open();
        using var model = _ml.Transforms
            .EncodeOnnx("Features", "File", Shapes32.Card, cacheDirectory: folder["cache"], subjectColumnName: "Subject", idColumnName: "Id")
            .Fit(view);

        var column = model.GetOutputSchema(view.Schema)["Features"];
        var binding = EncoderAnnotation.TryGet(column);
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, 256), column.Type);
        Assert.NotNull(binding);
        Assert.Equal(setup.Declaration, binding.Declaration);
        Assert.Equal(setup.Encoder.Fingerprint.Encoder, binding.Fingerprint.Encoder);
        Assert.Equal((folder["cache"], "Subject", "Id"), (binding.CacheDirectory, binding.CacheSubjectColumn, binding.CacheIdColumn));
        Assert.Equal(Guarantee.Exact, model.GetGuarantee().Guarantee);
    }

    [Fact]
    public void Cursor_CodesNotWanted_EncodesNothing()
    {
        var (encoder, view) = Texts(20);
        using var cursor = view.GetRowCursor([view.Schema["Id"]]);
        Assert.All(Enumerable.Range(0, 20), _ => Assert.True(cursor.MoveNext()));
        Assert.Equal(0, encoder.Records);
        Assert.False(cursor.IsColumnActive(view.Schema["Features"]));
    }

    [Fact]
    public void Cursor_OtherColumns_StayWithTheirCodes()
    {
        var (_, view) = Texts(30);
        var alone = Codes(Enumerable.Range(0, 30));
        using var cursor = view.GetRowCursor([view.Schema["Id"], view.Schema["Features"]]);
        var id = cursor.GetGetter<ReadOnlyMemory<char>>(view.Schema["Id"]);
        var features = cursor.GetGetter<VBuffer<float>>(view.Schema["Features"]);
        var rows = 0;
        while (cursor.MoveNext())
        {
            ReadOnlyMemory<char> name = default;
            VBuffer<float> value = default;
            features(ref value);
            id(ref name);
            var code = new sbyte[value.Length];
            Assert.True(CodeFeatures.TryRead(value, code));
            Assert.Equal($"id-{rows}", name.ToString());
            Assert.Equal(alone[rows++], code);
        }

        Assert.Equal(30, rows);
    }

    [Fact]
    public void Cursor_DisposedEarly_StopsReadingAhead()
    {
        var (encoder, view) = Texts(10_000, threads: 2);
        using (var cursor = view.GetRowCursor(view.Schema))
        {
            Assert.True(cursor.MoveNext());
        }

        // One batch was handed out, four are under way at most.
        var read = encoder.Records;
        Assert.InRange(read, 1, 6 * Batch);
        Thread.Sleep(50);
        Assert.Equal(read, encoder.Records);
    }

    [Fact]
    public void Cursor_SeveralThreads_EncodeAtTheSameTime()
    {
        using var both = new Barrier(2);
        var met = false;
        var (_, view) = Texts(2 * Batch, threads: 2, before: _ => met |= both.SignalAndWait(TimeSpan.FromSeconds(30)));
        Assert.Equal(2 * Batch, Views.Codes(view).Count);
        Assert.True(met);
    }

    [Fact]
    public void CursorSet_CodesWanted_IsOneCursorWithAllRows()
    {
        var (_, view) = Texts(25);
        var cursors = view.GetRowCursorSet(view.Schema, 4);
        var cursor = Assert.Single(cursors);
        var rows = 0;
        while (cursor.MoveNext())
        {
            rows++;
        }

        cursor.Dispose();
        Assert.Equal(25, rows);
    }

    [Fact]
    public void Pipeline_WithAStepBehindThatReadsInParallel_KeepsOrder()
    {
        var (_, view) = Texts(64);
        var codes = Views.Codes(view);
        var after = _ml.Transforms.Concatenate("Both", "Features", "Features").Append(_ml.Transforms.CopyColumns("Again", "Features")).Fit(view)
            .Transform(view);
        Assert.Equal(codes, Views.Codes(_ml.Data.Cache(after), "Again"));
    }

    [Fact]
    public void Cursor_ViewThatChangesBetweenReads_Throws()
    {
        var seen = 0;
        var changing = _ml.Data.FilterByCustomPredicate<NamedText>(TextRows(30), _ => Interlocked.Increment(ref seen) <= 5);
        using var model = Estimator(new CountingEncoder(Hashing(), Batch)).Fit(changing);
        var e = Assert.Throws<InvalidOperationException>(() => Views.Codes(model.Transform(changing)));
        Assert.Contains("another order", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Transformer_DisposedWhileACursorReads_FreesTheEncoderAfterIt()
    {
        var encoder = new CountingEncoder(Hashing(), Batch);
        var rows = TextRows(20);
        var model = Estimator(encoder).Fit(rows);
        var view = model.Transform(rows);
        using (var cursor = view.GetRowCursor(view.Schema))
        {
            Assert.True(cursor.MoveNext());
            model.Dispose();
            Assert.Equal(0, encoder.Disposals);
            Assert.All(Enumerable.Range(1, 19), _ => Assert.True(cursor.MoveNext()));
        }

        Assert.Equal(1, encoder.Disposals);
        Assert.Throws<ObjectDisposedException>(() => view.GetRowCursor(view.Schema));
    }

    [Fact]
    public void Fit_WrongOrMissingColumn_ThrowsWithItsName()
    {
        using var folder = new TempFolder();
        var view = _ml.Data.LoadFromEnumerable(new[] { new { Number = 1f, Bytes = new byte[] { 1 }, Who = "me" } });
        var number = Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Transforms.EncodeOnnx("Features", "Number", Shapes32.Card).Fit(view));
        Assert.Contains("image column 'Number': expected Text", number.Message, StringComparison.Ordinal);
        var missing = Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Transforms.EncodeOnnx("Features", "Picture", Shapes32.Card).Fit(view));
        Assert.Contains("image column 'Picture'", missing.Message, StringComparison.Ordinal);
        var id = Assert.Throws<ArgumentOutOfRangeException>(
            () => _ml.Transforms.EncodeOnnx("Features", "Bytes", Shapes32.Card, cacheDirectory: folder["cache"], subjectColumnName: "Who", idColumnName: "Row")
                .Fit(view));
        Assert.Contains("id column 'Row'", id.Message, StringComparison.Ordinal);

        // The same through a chain, which checks shapes before anything is fitted.
        var chain = _ml.Transforms.CopyColumns("Copy", "Number").Append(_ml.Transforms.EncodeOnnx("Features", "Copy", Shapes32.Card));
        var shape = Assert.Throws<ArgumentOutOfRangeException>(() => chain.GetOutputSchema(new SchemaShape([Shapes.Single(_ml, "Number")])));
        Assert.Contains("image column 'Copy'", shape.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cursor_UnreadableImage_ThrowsWithPositionAndColumnButNotThePath()
    {
        using var folder = new TempFolder();
        var images = Shapes32.Pixels(40);
        var view = Images(images, folder);
        var options = new EncodeOnnxEstimator.Options { InputColumnName = "Path", Card = Shapes32.Card, Device = "cpu", ImageFolder = folder.Path };
        using var model = _ml.Transforms.EncodeOnnx(options).Fit(view);

        File.WriteAllBytes(folder["image-35.png"], Shapes32.Png(images[35])[..60]);
        var broken = Assert.Throws<InvalidOperationException>(() => Views.Codes(model.Transform(view)));
        Assert.StartsWith("Row 35: the value of image column 'Path'", broken.Message, StringComparison.Ordinal);
        File.Delete(folder["image-35.png"]);
        var gone = Assert.Throws<InvalidOperationException>(() => Views.Codes(model.Transform(view)));
        Assert.StartsWith("Row 35: the value of image column 'Path' names a file that does not exist", gone.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("image-35", broken.ToString() + gone, StringComparison.Ordinal);
    }

    [Fact]
    public void Cursor_MissingText_ThrowsWithPositionAndColumn()
    {
        var rows = _ml.Data.LoadFromEnumerable(new[] { new NamedText { Text = "one", Id = "1" }, new NamedText { Id = "2" } });
        using var model = Estimator(new CountingEncoder(Hashing(), Batch)).Fit(rows);
        var e = Assert.Throws<InvalidOperationException>(() => Views.Codes(model.Transform(rows)));
        Assert.Equal("Row 1: the value of text column 'Text' is missing", e.Message);
    }

    [Fact]
    public void Cursor_EncoderFails_SurfacesTheFailure()
    {
        var (_, view) = Texts(30, before: records =>
        {
            if (records.Any(r => r.Origin.StartsWith("Row 17:", StringComparison.Ordinal)))
            {
                throw LegoNetException.BadInput($"{records[17 % Batch].Origin} is no good.");
            }
        });
        var e = Assert.Throws<InvalidOperationException>(() => Views.Codes(view));
        Assert.Equal("Row 17: the value of text column 'Text' is no good.", e.Message);
    }

    [Fact]
    public void Save_Transformer_SaysWhatToDo()
    {
        var rows = TextRows(3);
        using var model = Estimator(new CountingEncoder(Hashing(), Batch)).Fit(rows);
        using var stream = new MemoryStream();
        var e = Assert.Throws<InvalidOperationException>(() => _ml.Model.Save(model, rows.Schema, stream));
        Assert.Contains("`legonet export`, with the encoder", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EncodeOnnx_BadOption_IsAnArgumentExceptionThatNamesIt()
    {
        foreach (var (change, option) in (IEnumerable<(Action<EncodeOnnxEstimator.Options>, string)>)
        [
            (o => o.OutputColumnName = " ", "OutputColumnName"),
            (o => o.InputColumnName = "", "InputColumnName"),
            (o => o.Card = "", "Card"),
            (o => o.ModelPath = "", "ModelPath"),
            (o => o.ImageFolder = "", "ImageFolder"),
            (o => o.CacheDirectory = "", "CacheDirectory"),
            (o => o.CacheDirectory = "cache", "IdColumnName"),
            (o => o.SubjectColumnName = " ", "SubjectColumnName"),
            (o => o.IdColumnName = " ", "IdColumnName"),
            (o => o.Device = "gpu", "Device"),
            (o => o.Threads = 0, "Threads"),
        ])
        {
            var options = new EncodeOnnxEstimator.Options { Card = Shapes32.Card };
            change(options);
            Assert.Equal(option, Assert.ThrowsAny<ArgumentException>(() => _ml.Transforms.EncodeOnnx(options)).ParamName);
        }
    }

    [Fact]
    public void EncodeOnnx_CacheWithoutIds_Throws()
    {
        var e = Assert.Throws<ArgumentException>(() => _ml.Transforms.EncodeOnnx("Features", "File", Shapes32.Card, cacheDirectory: "cache"));
        Assert.Contains("IdColumnName", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EncodeOnnx_SparseAndDenseVectors_AreReadAlike()
    {
        var calibration = CodeCalibration.FromRange(4, -10, 10);
        var rows = Enumerable.Range(0, 50).Select(i => new float[] { i % 3, 0, -i % 7, 0 }).ToArray();
        var view = _ml.Data.LoadFromEnumerable(rows.Select((v, i) => new VectorRow
        {
            Vector = i % 2 == 0 ? new VBuffer<float>(4, v) : new VBuffer<float>(4, 2, [v[0], v[2]], [0, 2]),
        }));
        var settings = new EncodeSettings("Features", "Vector", null, 2, null, null, null);
        var setup = new EncoderSetup
        {
            Encoder = new CountingEncoder(new VectorEncoder(calibration), Batch),
            InputKind = RecordInputKind.Vector,
            Declaration = "{}",
        };
        using var model = new EncodeOnnxEstimator(settings, RecordInputKind.Vector, () => setup).Fit(view);
        var expected = Array.ConvertAll(rows, row =>
        {
            var code = new sbyte[4];
            calibration.Quantise(row, code);
            return code;
        });
        Assert.Equal(expected, Views.Codes(model.Transform(view)));
    }

    internal static HashingEncoder Hashing() => new(new HashingOptions { Dimension = 64 });

    private static EncodeOnnxEstimator Estimator(CountingEncoder encoder, int threads = 2)
        => new(
            new EncodeSettings("Features", "Text", null, threads, null, null, null),
            RecordInputKind.Text,
            () => new EncoderSetup { Encoder = encoder, InputKind = RecordInputKind.Text, Declaration = "{}" });

    private static List<sbyte[]> Codes(IEnumerable<int> rows)
    {
        using var encoder = Hashing();
        return [.. rows.Select(i =>
        {
            var code = new sbyte[encoder.Dimension];
            encoder.Encode([new SourceRecord("", "", null, new TextInput($"text number {i}"), "")], code);
            return code;
        })];
    }

    private IDataView TextRows(int count)
        => _ml.Data.LoadFromEnumerable(Enumerable.Range(0, count).Select(i => new NamedText { Id = $"id-{i}", Text = $"text number {i}" }).ToArray());

    private (CountingEncoder Encoder, IDataView View) Texts(int count, int threads = 2, Action<IReadOnlyList<SourceRecord>>? before = null)
    {
        var encoder = new CountingEncoder(Hashing(), Batch, before);
        var rows = TextRows(count);
        return (encoder, Estimator(encoder, threads).Fit(rows).Transform(rows));
    }

    private IDataView Images(byte[][] images, TempFolder folder)
    {
        for (var i = 0; i < images.Length; i++)
        {
            File.WriteAllBytes(folder[$"image-{i}.png"], Shapes32.Png(images[i]));
        }

        return _ml.Data.LoadFromEnumerable(images.Select((pixels, i) => new ImageRow
        {
            Subject = $"subject-{i / 5}",
            Id = $"id-{i}",
            Path = $"image-{i}.png",
            File = Shapes32.Png(pixels),
            Pixels = pixels,
        }).ToArray());
    }

    private sealed class VectorRow
    {
        [VectorType(4)]
        public VBuffer<float> Vector { get; set; }
    }

    private sealed class FileRow
    {
        public byte[] File { get; set; } = [];
    }
}
