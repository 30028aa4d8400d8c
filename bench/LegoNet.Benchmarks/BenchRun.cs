using System.Globalization;
using LegoNet.Cli;
using LegoNet.Pipelines;

namespace LegoNet.Benchmarks;

/// <summary>One run of this program: what was asked for, a folder for scratch files, and what several benchmarks share.</summary>
internal sealed class BenchRun(BenchOptions options, string folder, CommandContext context)
{
    /// <summary>Repetitions of long work where no number is given.</summary>
    public const int DefaultRepetitions = 3;

    /// <summary>The trainer that most targets were set for.</summary>
    public const string DefaultAdapter = """{"trainer":"ridge","lambda":300000}""";

    private int _models;

    public BenchOptions Options { get; } = options;

    public CommandContext Context { get; } = context;

    /// <summary>Repetitions of long work.</summary>
    public int Repetitions => Options.Repetitions ?? DefaultRepetitions;

    public CancellationToken CancellationToken => Context.CancellationToken;

    /// <summary>The codes that most benchmarks work on: the given file's, or generated ones.</summary>
    public CodesFile Codes => field ??= Options.Codes is { } path ? new CodesFile(path) : Generate((int)Shape.Standard.Records, Shape.Standard.Dimension);

    /// <summary>The size of the model that most benchmarks work on.</summary>
    public Shape Shape
    {
        get
        {
            var adapters = Options.Adapters ?? Shape.Standard.Adapters;
            return new Shape(Codes.Records, Codes.Dimension, adapters, Math.Min(Options.Active ?? Shape.Standard.Active, adapters), Options.Adapter);
        }
    }

    /// <summary>Trainings, each followed by what is measured as a multiple of it.</summary>
    public TrainingRounds Rounds => field ??= new TrainingRounds(this);

    /// <summary>Settings as a user who names nothing but threads has them.</summary>
    public ModelOptions ModelOptions() => new() { Threads = Options.Threads };

    /// <summary>A scratch file's path.</summary>
    public string File(string name) => Path.Combine(folder, name);

    /// <summary>A path at which nothing is yet.</summary>
    public string NewModelPath() => File($"model-{++_models}");

    /// <summary>Removes a model and what stands beside it.</summary>
    public static void Delete(string model)
    {
        Directory.Delete(model, recursive: true);
        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(model)!, Path.GetFileName(model) + ".*"))
        {
            System.IO.File.Delete(file);
        }
    }

    /// <summary>Writes generated codes, of <see cref="BenchOptions.Records"/> records where that is given.</summary>
    public CodesFile Generate(int records, int dimension) => GenerateExactly(Options.Records ?? records, dimension);

    /// <summary>Writes generated codes.</summary>
    public CodesFile GenerateExactly(int records, int dimension)
    {
        var path = File($"codes-{records}x{dimension}.safetensors");
        if (!System.IO.File.Exists(path))
        {
            Stage($"generating {records:N0} × {dimension} codes");
            GeneratedCodes.Write(path, records, dimension, Options.Threads, CancellationToken);
        }

        return new CodesFile(path);
    }

    /// <summary>
    /// Everything frozen of a model with Gaussian keys. Its encoder takes vectors of numbers from −127 to 127 as the
    /// codes that they are, so such a model scores files too.
    /// </summary>
    public ModelDefinition Define(CodesFile codes, Shape shape)
    {
        var path = File("spec.json");
        System.IO.File.WriteAllText(path, string.Create(CultureInfo.InvariantCulture, $$"""
            {
              "task": "multiclass",
              "classes": [{{string.Join(',', Enumerable.Range(0, Math.Max(2, codes.Classes)).Select(c => $"\"{c}\""))}}],
              "encoder": { "type": "vector", "dimension": {{shape.Dimension}}, "min": -127, "max": 127 },
              "routing": { "adapters": {{shape.Adapters}}, "active": {{shape.Active}} },
              "adapter": {{Options.Adapter ?? DefaultAdapter}}
            }
            """));
        var pipeline = PipelineSpec.Load(path);
        using var setup = pipeline.CreateEncoder();
        return pipeline.Freeze(setup);
    }

    /// <summary>Trains from the file of codes, on disk and durable at the end.</summary>
    /// <returns>The seconds from the file's first byte to the last flush.</returns>
    public double Train(string model, ModelDefinition definition, CodesFile codes)
        => Timing.Seconds(
            () => LegoNetModel.Train(model, definition, codes.Read(definition.Spec.Fingerprint), ModelOptions(), null, CancellationToken).Dispose());

    /// <summary>Says what is going on.</summary>
    public void Stage(string what, long done = 0, long? total = null)
    {
        CancellationToken.ThrowIfCancellationRequested();
        Context.Progress.Report(new LegoNetProgress(what, done, total));
    }
}
