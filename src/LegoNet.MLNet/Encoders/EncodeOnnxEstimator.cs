using System.Text.Json;
using LegoNet.Calibration;
using LegoNet.Data;
using LegoNet.Data.Json;
using LegoNet.Encoders;
using LegoNet.MLNet.Data;
using LegoNet.MLNet.Encoders;
using LegoNet.Onnx;
using LegoNet.Onnx.Treatments;
using Microsoft.ML;

namespace LegoNet.MLNet;

/// <summary>Encodes a column with a frozen ONNX model and its calibration card. Learns nothing from the data.</summary>
/// <remarks>
/// <para>Input column, by the card's treatment: <b>text</b>: Text. <b>image</b>: Text (the path of a JPEG or PNG file), Vector&lt;Byte&gt;
/// of any length (such a file's bytes), or Vector&lt;Byte, height, width, channels&gt; (pixels, 1 or 3 channels). <b>vector</b>:
/// Vector&lt;Single&gt; of the length that the model declares.</para>
/// <para>Output column: Vector&lt;Single, d&gt; of code / 127, in [−1, 1]. No normalisation is needed after it.</para>
/// <para>Every inference has the card's batch shape and runs on one thread, so a row's code depends on that row alone; speed comes
/// from several inferences at a time, which read ahead of the consumer. A view of codes cannot shuffle; shuffle before.</para>
/// <para>With a cache directory, codes are kept on disk under (subject, id): a second pass, fit or retraining encodes nothing again, and
/// a forget by a model that was trained through the cache purges it. A <see cref="PredictionEngine{TSrc, TDst}"/> neither reads nor fills the cache.</para>
/// </remarks>
public sealed class EncodeOnnxEstimator : IEstimator<EncodeOnnxTransformer>
{
    private static readonly MLContext s_shapes = new(0);

    private readonly EncodeSettings _settings;
    private readonly RecordInputKind _kind;
    private readonly Func<EncoderSetup> _open;
    private readonly Options? _declared;

    internal EncodeOnnxEstimator(Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _settings = options.Check();
        _declared = options.WithFullPaths();
        var card = options.Card;
        _kind = ReadKind(card);
        var (modelPath, device) = (options.ModelPath, options.Device);
        _open = () => Open(card, modelPath, device);
    }

    /// <summary>The same with an encoder from elsewhere.</summary>
    internal EncodeOnnxEstimator(EncodeSettings settings, RecordInputKind kind, Func<EncoderSetup> open)
    {
        _settings = settings;
        _kind = kind;
        _open = open;
    }

    /// <summary>Loads the encoder and checks the columns. Reads no row.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type than expected.</exception>
    /// <exception cref="LegoNetException">The encoder is missing, is another than the card names, or the device asked for by name does not work.</exception>
    public EncodeOnnxTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        _settings.CheckRows(input.Schema);
        _ = EncoderInput.Create(input.Schema, _settings, _kind);
        return Open();
    }

    /// <summary>The step that every fit gives: nothing of the rows goes into it.</summary>
    internal EncodeOnnxTransformer Open() => new(_settings, _open()) { Declared = _declared };

    /// <inheritdoc/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        EncoderInput.Check(inputSchema, _settings, _kind);
        return Shapes.With(inputSchema, Shapes.Vector(s_shapes, _settings.Output));
    }

    private static RecordInputKind ReadKind(string path)
    {
        var input = CalibrationCard.Load(path).ReadInput() ?? throw LegoNetException.BadInput($"{path}: is a card without an encoder.");
        return InputTreatment.FromSpec(input) switch
        {
            ImageTreatment => RecordInputKind.Image,
            TextTreatment => RecordInputKind.Text,
            _ => RecordInputKind.Vector,
        };
    }

    private static EncoderSetup Open(string card, string? modelPath, string device)
    {
        var declaration = JsonSerializer.Serialize(new Dictionary<string, string> { ["type"] = OnnxEncoderFactory.Type, ["card"] = Path.GetFullPath(card) });
        return new OnnxEncoderFactory().Create(StrictJson.Parse(declaration, card), new EncoderSettings { ModelPath = modelPath, Device = device });
    }

    /// <summary>Settings of <see cref="EncodeOnnxEstimator"/>.</summary>
    public sealed class Options
    {
        /// <summary>The column to add: Vector&lt;Single, d&gt; of code / 127, in [−1, 1]. Default: Features.</summary>
        public string OutputColumnName { get; set; } = "Features";

        /// <summary>The column to encode. Default: null, which is <see cref="OutputColumnName"/>.</summary>
        public string? InputColumnName { get; set; }

        /// <summary>
        /// The encoder's calibration card, made by <c>legonet calibrate</c>. It names the ONNX file, its treatment of inputs and the batch
        /// shape. Required.
        /// </summary>
        public string Card { get; set; } = "";

        /// <summary>The ONNX file; must be the one that the card was made with. Default: null, which is where the card says.</summary>
        public string? ModelPath { get; set; }

        /// <summary>"auto" (CUDA where it works, otherwise the CPU), "cpu", "cuda" or "cuda:N". Default: auto.</summary>
        public string Device { get; set; } = "auto";

        /// <summary>Where relative image paths start. Default: null, which is the current directory.</summary>
        public string? ImageFolder { get; set; }

        /// <summary>
        /// A directory, of the cache's own, that keeps codes between passes and runs. Needs <see cref="IdColumnName"/>. Default: null,
        /// which is none.
        /// </summary>
        public string? CacheDirectory { get; set; }

        /// <summary>
        /// Text or a whole number: whose data a row is; the owner of its cached code. Must be the trainer's subject column. Default: null,
        /// which is the id.
        /// </summary>
        public string? SubjectColumnName { get; set; }

        /// <summary>Text or a whole number: the row's name, unique within its subject. Must be the trainer's id column. Default: null.</summary>
        public string? IdColumnName { get; set; }

        /// <summary>
        /// Inferences at a time, 1 or more; twice as many batches are read ahead. Codes do not depend on it. Default: the number of
        /// processors.
        /// </summary>
        public int Threads { get; set; } = Environment.ProcessorCount;

        /// <summary>Checks what can be checked without the encoder and the data.</summary>
        /// <exception cref="ArgumentException">An option is out of its range; the parameter's name is the option's.</exception>
        internal EncodeSettings Check()
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(OutputColumnName);
            OptionRules.RequireNullOrNotBlank(InputColumnName, nameof(InputColumnName));
            ArgumentException.ThrowIfNullOrWhiteSpace(Card);
            OptionRules.RequireNullOrNotBlank(ModelPath, nameof(ModelPath));
            OptionRules.RequireNullOrNotBlank(ImageFolder, nameof(ImageFolder));
            OptionRules.RequireNullOrNotBlank(CacheDirectory, nameof(CacheDirectory));
            OptionRules.RequireNullOrNotBlank(SubjectColumnName, nameof(SubjectColumnName));
            OptionRules.RequireNullOrNotBlank(IdColumnName, nameof(IdColumnName));
            ArgumentOutOfRangeException.ThrowIfLessThan(Threads, 1);
            CheckDevice();
            if (CacheDirectory is null)
            {
                return new EncodeSettings(OutputColumnName, InputColumnName ?? OutputColumnName, ImageFolder, Threads, null, null, null);
            }

            var id = IdColumnName ?? throw new ArgumentException(
                "A cache of encodings needs IdColumnName: cached codes are personal data, and only rows that say whose they are (subject, id) "
                + "can be purged when they are forgotten.",
                nameof(IdColumnName));
            var cache = Path.TrimEndingDirectorySeparator(Path.GetFullPath(CacheDirectory));
            return new EncodeSettings(OutputColumnName, InputColumnName ?? OutputColumnName, ImageFolder, Threads, cache, SubjectColumnName ?? id, id);
        }

        /// <summary>A copy that means the same wherever it is read.</summary>
        internal Options WithFullPaths()
        {
            var copy = (Options)MemberwiseClone();
            copy.Card = Path.GetFullPath(Card);
            copy.ModelPath = Full(ModelPath);
            copy.ImageFolder = Full(ImageFolder);
            copy.CacheDirectory = Full(CacheDirectory);
            return copy;

            static string? Full(string? path) => path is null ? null : Path.GetFullPath(path);
        }

        private void CheckDevice()
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(Device);
            try
            {
                _ = EncoderDevice.Parse(Device);
            }
            catch (LegoNetException e)
            {
                throw new ArgumentException(e.Message, nameof(Device), e);
            }
        }
    }
}
