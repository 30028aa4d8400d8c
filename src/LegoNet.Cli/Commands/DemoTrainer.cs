using System.Diagnostics;
using LegoNet.Data;
using LegoNet.Encoders;
using LegoNet.Ensembles;
using LegoNet.Pipelines;

namespace LegoNet.Cli.Commands;

/// <summary>Trains and measures the demo's two models, which share spec, encoder and keys.</summary>
internal sealed class DemoTrainer : IDisposable
{
    private readonly string _folder;
    private readonly PipelineSpec _pipeline;
    private readonly EncoderSetup _setup;
    private readonly ModelDefinition _definition;
    private readonly ModelOptions _options;
    private readonly CommandContext _context;

    private DemoTrainer(string folder, PipelineSpec pipeline, EncoderSetup setup, int threads, CommandContext context)
    {
        (_folder, _pipeline, _setup, _context) = (folder, pipeline, setup, context);
        _definition = pipeline.Freeze(setup);

        // Both models use one tag key: without that, not even two identical trainings would have equal bytes.
        _options = new ModelOptions
        {
            Threads = threads,
            TagKeyPath = Path.Combine(folder, "demo.key"),
            SigningKeyPath = Path.Combine(folder, "demo.signing.pem"),
        };
    }

    public static DemoTrainer Open(string folder, string device, int threads, CommandContext context)
    {
        var pipeline = PipelineSpec.Load(Path.Combine(AppContext.BaseDirectory, "pipelines", "demo.json"));
        var setup = pipeline.CreateEncoder(device, null, context.Progress, context.CancellationToken);
        try
        {
            context.Note(setup.Note);
            return new DemoTrainer(folder, pipeline, setup, threads, context);
        }
        catch
        {
            setup.Dispose();
            throw;
        }
    }

    public LegoNetModel Train(string name, Predicate<SourceRecord>? include, out double seconds)
    {
        var began = Stopwatch.GetTimestamp();
        var records = RecordEncoder.Encode(
            _pipeline.OpenSource(), _setup.Encoder, _options.Threads, include, _context.Progress, _context.CancellationToken);
        var trained = LegoNetModel.Train(Path.Combine(_folder, name), _definition, records, _options, _context.Progress, _context.CancellationToken);
        seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        return trained;
    }

    /// <summary>The accuracy on the test images, and on those that one subject brought to the training.</summary>
    public (double Test, double Own) Measure(LegoNetModel model, string subject)
    {
        var test = Accuracy(model, _pipeline.OpenTest());
        return (test, Accuracy(model, new FilteredSource(_pipeline.OpenSource(), record => record.Subject == subject)));
    }

    public void Dispose() => _setup.Dispose();

    private double Accuracy(LegoNetModel model, IRecordSource source)
        => Evaluation.Of(model.Scorer, source, _setup.Encoder, _options.Threads, _context.Progress, _context.CancellationToken).Accuracy;

    private sealed class FilteredSource(IRecordSource source, Predicate<SourceRecord> include) : IRecordSource
    {
        public string Name => source.Name;

        public long? Count => null;

        public bool IdsArePositions => source.IdsArePositions;

        public IEnumerable<SourceRecord> Read(CancellationToken cancellationToken) => source.Read(cancellationToken).Where(r => include(r));
    }
}
