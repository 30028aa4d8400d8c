using System.Globalization;
using LegoNet.Data;
using LegoNet.Specs;

namespace LegoNet.TestSupport.Golden;

/// <summary>Records whose label and input are functions of their number and a version; three of them to a subject.</summary>
internal sealed class GoldenRecords(LabelLayout labels, Func<GoldenDraws, RecordInput> input, IEnumerable<int> numbers, int version = 0) : IRecordSource
{
    private static readonly string[] s_words =
    [
        "the", "of", "and", "Card", "card", "LOST", "payment", "naïve", "Straße", "日本", "don't", "e-mail", "42", "3.14", "x", "refund,", "(transfer)",
        "ΑΘΗΝΑ",
    ];

    private static readonly string[] s_columns = ["age", "job", "unused", "town"];
    private static readonly string[] s_jobs = ["clerk", "nurse", "?", "smith"];
    private static readonly string[] s_towns = ["Ørsted", "Rome", "Atlantis"];

    public string Name => "golden";

    public long? Count => null;

    public bool IdsArePositions => false;

    public static string Subject(int number) => $"subject-ø-{number / 3}";

    public static string Id(int number) => $"id-{number}";

    /// <summary>Numbers that float32 holds exactly.</summary>
    public static VectorInput Vector(GoldenDraws draws, int length) => new(Enumerable.Range(0, length).Select(_ => (draws.Below(2001) - 1000) / 8f).ToArray());

    public static TextInput Text(GoldenDraws draws)
        => new(string.Join(' ', Enumerable.Range(0, 2 + draws.Below(8)).Select(_ => s_words[draws.Below(s_words.Length)])));

    public static TableRowInput Row(GoldenDraws draws)
        => new(s_columns, [(draws.Below(400) / 4m).ToString(CultureInfo.InvariantCulture), s_jobs[draws.Below(4)], "x", s_towns[draws.Below(3)]]);

    public static string Label(LabelLayout labels, GoldenDraws draws) => labels.Task switch
    {
        LearningTask.Regression => (-5 + (draws.Below(51) / 2m)).ToString(CultureInfo.InvariantCulture),
        LearningTask.Multilabel => string.Join('|', labels.Classes.Where(_ => draws.Below(8) == 0)),
        _ => labels.Classes[draws.Below(labels.Classes.Count)],
    };

    public IEnumerable<SourceRecord> Read(CancellationToken cancellationToken) => numbers.Select(number =>
    {
        var draws = new GoldenDraws(number, version);
        return new SourceRecord(Subject(number), Id(number), Label(labels, draws), input(draws), $"golden: {number}");
    });
}
