using LegoNet.Lab.Measures;
using LegoNet.Lab.Methods;
using LegoNet.Lab.Tasks;

namespace LegoNet.Lab.Comparisons;

/// <summary>
/// The records by which all models of a task are judged: those that are forgotten, and draws of those that stay and of test records, which are
/// the same for every model. Each in the order of its draw.
/// </summary>
internal sealed class Yardstick
{
    // Standard errors of accuracies are then 0.5 points at most.
    private const int MostRecords = 10_000;

    // Margins for KLoM of each kind of record.
    private const int MostPoints = 200;

    // Probabilities of one kind of record that are held at a time.
    private const int MostProbabilities = 2_000_000;

    public Yardstick(RecordSet records, RecordSet test, ForgetTask task, long seed)
    {
        var draws = new Draws(seed, -10);
        var most = Math.Clamp(MostProbabilities / records.Classes.Count, MostPoints, MostRecords);
        (Records, Test) = (records, test);
        AllForgotten = [.. task.Rows];
        AllRetained = [.. records.AllRows.Except(AllForgotten)];
        Forgotten = draws.Sample(AllForgotten, most);
        Retained = draws.Sample(AllRetained, most);
        var left = AllRetained.Select(records.Label).ToHashSet();
        int[] answerable = [.. test.AllRows.Where(row => left.Contains(test.Label(row)))];
        Unseen = draws.Sample(answerable.Length > 0 ? answerable : test.AllRows, most);
    }

    public RecordSet Records { get; }

    public RecordSet Test { get; }

    /// <summary>Rows that are forgotten, ascending.</summary>
    public int[] AllForgotten { get; }

    /// <summary>Rows that stay, ascending.</summary>
    public int[] AllRetained { get; }

    /// <summary>Rows of forgotten records that models are judged by.</summary>
    public int[] Forgotten { get; }

    /// <summary>Rows of records that stay that models are judged by.</summary>
    public int[] Retained { get; }

    /// <summary>
    /// Rows of test records that models are judged by; none of a class that is forgotten as a whole, which nobody wants a model to know any more.
    /// </summary>
    public int[] Unseen { get; }

    /// <summary>Records whose margins KLoM compares.</summary>
    public int Points => Kinds(Forgotten.Length, Retained.Length, Unseen.Length).Sum();

    /// <summary>Steps that a model which forgot takes to know the forgotten records again (<see cref="Relearning.Steps"/>).</summary>
    public int? RelearningSteps(IScoringModel model, IScoringModel before, CancellationToken cancellationToken)
        => Relearning.Steps(model, before, Records, AllForgotten, cancellationToken: cancellationToken);

    /// <summary>How many of them are forgotten records; they come first.</summary>
    public int ForgottenPoints => Kinds(Forgotten.Length)[0];

    /// <summary>Of each kind of record, the points that KLoM compares.</summary>
    public static int[] Kinds(params int[] judged) => Array.ConvertAll(judged, count => Math.Min(count, MostPoints));
}
