using System.Globalization;
using LegoNet.Data;

namespace LegoNet.Demo;

/// <summary>
/// Images the project draws itself: 32×32 RGB pictures owned by subjects with a hand of their own, the same bytes on every machine.
/// </summary>
/// <remarks>
/// <para>
/// Set <c>demo</c> holds ten classes of doodles (boat, car, cup …) and is the data of <c>legonet demo</c>. Set <c>public</c> holds
/// forty classes of plain figures and textures, shares neither classes nor generator streams with it, and stands for the public data
/// from which an encoder, a calibration and keys come.
/// </para>
/// <para>
/// Record <c>i</c> is a function of (set, split, seed, subjects, i) alone: asking for more records never changes the first ones. Classes come in shuffled
/// rounds, so any multiple of their number is balanced. Subjects own very different numbers of records, about as 1 / (rank + subjects / 12).
/// </para>
/// </remarks>
public sealed class GeneratedImageSource : IRecordSource
{
    /// <summary>The set of the demo.</summary>
    public const string DemoSet = "demo";

    /// <summary>The set that encoders, calibrations and keys are made from.</summary>
    public const string PublicSet = "public";

    /// <summary>The split to train on; its subjects are named subject-000 and so on.</summary>
    public const string TrainSplit = "train";

    /// <summary>The split to test on; its subjects are other people, named visitor-000 and so on.</summary>
    public const string TestSplit = "test";

    /// <summary>Rows, and pixels per row, of every image.</summary>
    public const int Side = SceneRenderer.Side;

    /// <summary>The largest number of records one source may have.</summary>
    public const int MaxRecords = 10_000_000;

    /// <summary>The largest number of subjects one source may have.</summary>
    public const int MaxSubjects = 100_000;

    private static readonly SceneOptions s_demoScene = new(SmallestSize: 9, LargestSize: 14.5, TurnReach: 0.35, AnyTurn: false, LeastContrast: 30,
        MostClutter: 4, OcclusionShare: 0.4, MostNoise: 50, Warp: 0.12);

    private static readonly SceneOptions s_publicScene = new(SmallestSize: 8, LargestSize: 15, TurnReach: 1, AnyTurn: true, LeastContrast: 30,
        MostClutter: 4, OcclusionShare: 0.3, MostNoise: 55, Warp: 0.15);

    private readonly bool _isPublic;
    private readonly bool _isTest;
    private readonly ulong _seed;
    private readonly string[] _classes;
    private readonly double[] _shares;
    private readonly int[] _namesByRank;

    /// <summary>Creates the source; nothing is drawn before it is read.</summary>
    /// <param name="set"><see cref="DemoSet"/> or <see cref="PublicSet"/>.</param>
    /// <param name="split"><see cref="TrainSplit"/> or <see cref="TestSplit"/>.</param>
    /// <param name="records">Number of records, 1 to <see cref="MaxRecords"/>.</param>
    /// <param name="subjects">Number of subjects among whom the records are shared out, 1 to <see cref="MaxSubjects"/>.</param>
    /// <param name="seed">Which drawing of the set; not negative.</param>
    /// <exception cref="LegoNetException">An argument is none of the allowed values; the message names it.</exception>
    public GeneratedImageSource(string set, string split, int records, int subjects, long seed)
    {
        _classes = NamesOf(set);
        _isPublic = set == PublicSet;
        _isTest = split switch
        {
            TrainSplit => false,
            TestSplit => true,
            _ => throw LegoNetException.BadInput($"generated images: split must be {TrainSplit} or {TestSplit}, not \"{split}\"."),
        };
        Check("records", records, 1, MaxRecords);
        Check("subjects", subjects, 1, MaxSubjects);
        Check("seed", seed, 0, long.MaxValue);
        Records = records;
        Subjects = subjects;
        _seed = (ulong)seed;
        Name = string.Create(CultureInfo.InvariantCulture, $"generated {set} {split} (seed {seed})");
        (_shares, _namesByRank) = ShareOut(subjects, StreamOf(Purpose.SubjectNames, 0));
    }

    private enum Purpose : ulong
    {
        SubjectNames = 1,
        SubjectStyle = 2,
        SubjectOfRecord = 3,
        ClassRound = 4,
        Picture = 5,
    }

    /// <summary>Number of records.</summary>
    public int Records { get; }

    /// <summary>Number of subjects among whom the records are shared out; with few records some own none.</summary>
    public int Subjects { get; }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public long? Count => Records;

    /// <inheritdoc/>
    /// <remarks>False: a record keeps its id whatever number of records is asked for.</remarks>
    public bool IdsArePositions => false;

    /// <summary>The classes of a set, in ordinal order for <see cref="DemoSet"/>.</summary>
    /// <exception cref="LegoNetException">The set is unknown.</exception>
    public static IReadOnlyList<string> ClassNames(string set) => Array.AsReadOnly(NamesOf(set));

    /// <inheritdoc/>
    public IEnumerable<SourceRecord> Read(CancellationToken cancellationToken)
    {
        var renderer = new SceneRenderer();
        SceneRenderer.Drawing drawing = _isPublic ? Shapes.Draw : Doodles.Draw;
        var round = new int[_classes.Length];
        for (var index = 0; index < Records; index++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (index % round.Length == 0)
            {
                ShuffleRound(round, StreamOf(Purpose.ClassRound, (ulong)(index / round.Length)));
            }

            var drawnClass = round[index % round.Length];
            var subject = _namesByRank[RankOf(index)];
            var pixels = new byte[Side * Side * SceneRenderer.Channels];
            var style = DrawingStyle.Of(StreamOf(Purpose.SubjectStyle, (ulong)subject));
            renderer.Paint(drawing, drawnClass, style, _isPublic ? s_publicScene : s_demoScene, StreamOf(Purpose.Picture, (ulong)index), pixels);
            var id = string.Create(CultureInfo.InvariantCulture, $"img-{index:D5}");
            yield return new(
                string.Create(CultureInfo.InvariantCulture, $"{(_isTest ? "visitor" : "subject")}-{subject:D3}"),
                id,
                _classes[drawnClass],
                new PixelInput(pixels, Side, Side, SceneRenderer.Channels),
                $"{Name}: {id}");
        }
    }

    private static string[] NamesOf(string set) => set switch
    {
        DemoSet => Doodles.Names,
        PublicSet => Shapes.Names,
        _ => throw LegoNetException.BadInput($"generated images: set must be {DemoSet} or {PublicSet}, not \"{set}\"."),
    };

    private static void Check(string name, long value, long least, long most)
    {
        if (value < least || value > most)
        {
            throw LegoNetException.BadInput(
                string.Create(CultureInfo.InvariantCulture, $"generated images: {name} must be a whole number from {least} to {most}."));
        }
    }

    /// <summary>Cumulative shares of the subjects by rank, and which name each rank has, so that the busiest are not simply the first.</summary>
    private static (double[] Cumulative, int[] NamesByRank) ShareOut(int subjects, GeneratedRandom random)
    {
        var cumulative = new double[subjects];
        var sum = 0.0;
        for (var rank = 0; rank < subjects; rank++)
        {
            sum += 1 / (rank + 1 + (subjects / 12.0));
            cumulative[rank] = sum;
        }

        var names = new int[subjects];
        ShuffleRound(names, random);
        return (cumulative, names);
    }

    /// <summary>Fills with a shuffle of 0 … length − 1 (Fisher and Yates).</summary>
    private static void ShuffleRound(int[] round, GeneratedRandom random)
    {
        for (var i = 0; i < round.Length; i++)
        {
            var j = random.Below(i + 1);
            round[i] = round[j];
            round[j] = i;
        }
    }

    private GeneratedRandom StreamOf(Purpose purpose, ulong index) => new(_isPublic ? 1UL : 0UL, _isTest ? 1UL : 0UL, _seed, (ulong)purpose, index);

    private int RankOf(int index)
    {
        var random = StreamOf(Purpose.SubjectOfRecord, (ulong)index);
        var found = Array.BinarySearch(_shares, random.NextUnit() * _shares[^1]);
        return Math.Min(found < 0 ? ~found : found + 1, _shares.Length - 1);
    }
}
