using LegoNet.Data;
using LegoNet.Encoders;
using LegoNet.MLNet.Encoders;
using LegoNet.Specs;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet;

/// <summary>
/// Adds a column of codes made by a frozen ONNX encoder. Owns the ONNX session: dispose of it when no cursor or prediction engine uses it
/// any more.
/// </summary>
public sealed class EncodeOnnxTransformer : ITransformer, IDisposable
{
    private readonly EncodeSettings _settings;
    private readonly RecordInputKind _kind;
    private readonly SharedEncoder _encoder;
    private readonly EncoderBinding _binding;
    private int _disposed;

    /// <param name="settings">The settings.</param>
    /// <param name="setup">The encoder; becomes the transformer's.</param>
    internal EncodeOnnxTransformer(EncodeSettings settings, EncoderSetup setup)
    {
        _settings = settings;
        _kind = setup.InputKind;
        _encoder = new SharedEncoder(setup.Encoder, typeof(EncodeOnnxTransformer));
        Fingerprint = setup.Encoder.Fingerprint;
        Dimension = setup.Encoder.Dimension;
        Note = setup.Note;
        _binding = new EncoderBinding
        {
            Declaration = setup.Declaration,
            Fingerprint = Fingerprint,
            Calibration = setup.Calibration,
            PublicKeys = setup.PublicKeys,
            ModelPath = setup.ModelPath,
            CacheDirectory = settings.CacheDirectory,
            CacheEncoder = settings.CacheDirectory is null ? null : _encoder,
            CacheSubjectColumn = settings.Subject,
            CacheIdColumn = settings.Id,
        };
    }

    /// <summary>The code's length d.</summary>
    public int Dimension { get; }

    /// <summary>What makes the codes: encoder, runtime, device and batch shape.</summary>
    public EncoderFingerprint Fingerprint { get; }

    /// <summary>One sentence on the device that was chosen and why; null when there is nothing to say.</summary>
    public string? Note { get; }

    /// <summary>The options that it was made by, with full paths; null where it was made otherwise.</summary>
    internal EncodeOnnxEstimator.Options? Declared { get; init; }

    /// <summary>True: rows are independent of each other.</summary>
    public bool IsRowToRowMapper => true;

    /// <inheritdoc/>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => Map(inputSchema).OutputSchema;

    /// <summary>Adds the column. Rows are encoded when they are read.</summary>
    /// <param name="input">The rows; with a cache they must have the subject and id columns.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type than expected.</exception>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        _settings.CheckRows(input.Schema);
        return new EncodedView(input, Map(input.Schema), _settings, _encoder);
    }

    /// <summary>A mapper of single rows. It does not use the cache: what is only scored is not kept.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type than expected.</exception>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => Map(inputSchema);

    /// <summary>Frees the encoder, once cursors that are alive are disposed of too.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _encoder.Release();
        }
    }

    /// <summary>Always fails: an ML.NET zip cannot carry the encoder.</summary>
    /// <exception cref="InvalidOperationException">Always; the message says what to do instead.</exception>
    void ICanSaveModel.Save(ModelSaveContext ctx) => throw new InvalidOperationException(
        "EncodeOnnx cannot be saved in an ML.NET zip. Export the model together with its encoder (`legonet export`, with the encoder) and score it "
        + "with ApplyOnnxModel, or save the steps after EncodeOnnx and encode in the host, with the same card.");

    private EncodeMapping Map(DataViewSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        return new EncodeMapping(schema, EncoderInput.Create(schema, _settings, _kind), _settings.Output, _encoder, _binding);
    }
}
