using LegoNet.Audit;
using LegoNet.Encoders;
using LegoNet.Ensembles;
using LegoNet.Files;

namespace LegoNet.Tests.Support;

/// <summary>A small trained model in a folder of its own, with codes to probe it.</summary>
internal sealed class TrainedModel : IDisposable
{
    public const int Subjects = 6;
    private const int Ids = 3;
    private const int Probes = 16;
    private readonly TempFolder _folder = new();

    public TrainedModel(IFileLayer? files = null)
    {
        Definition = Models.Definition();
        var options = new ModelOptions { Threads = 1, Files = files ?? PhysicalFileLayer.Instance };
        Model = LegoNetModel.Train(Path, Definition, Enumerable.Range(0, Subjects).SelectMany(Records), options);
        Codes = [.. Enumerable.Range(0, Probes).SelectMany(i => Models.Record(Definition.Spec, 1000, i).Code)];
    }

    public ModelDefinition Definition { get; }

    public LegoNetModel Model { get; }

    public string Path => _folder["model"];

    /// <summary>Row-major codes that no stored record has, [m, d].</summary>
    public sbyte[] Codes { get; }

    public IEnumerable<EncodedRecord> Records(int subject) => Enumerable.Range(0, Ids).Select(id => Models.Record(Definition.Spec, subject, id));

    public double[] Scores(Scorer scorer)
    {
        var scores = new double[Probes * Models.Classes];
        scorer.Score(Codes, scores);
        return scores;
    }

    /// <summary>Path and content of the file of an adapter that the last change rewrote.</summary>
    public string RefittedAdapterFile(Receipt receipt)
    {
        var digest = receipt.Adapters.First(a => a.Digest is not null).Digest!;
        return Directory.EnumerateFiles(System.IO.Path.Combine(Path, "adapters")).First(f => f.Contains(digest, StringComparison.Ordinal));
    }

    public void Dispose()
    {
        Model.Dispose();
        _folder.Dispose();
    }
}
