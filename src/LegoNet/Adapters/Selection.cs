using LegoNet.Data.Formats;

namespace LegoNet.Adapters;

/// <summary>
/// What an adapter that chose for itself keeps of its choice, beside its weights: the number of the candidate in the order in which the spec
/// declares them (ridge first), and of each candidate the temperature and the mean loss in cross-validation.
/// </summary>
/// <param name="Chosen">The candidate's number.</param>
/// <param name="Trials">Temperature and mean loss by candidate, [candidates, 2]; one that could not be fitted, or was not reached, has the loss −1.</param>
internal sealed record Selection(int Chosen, double[] Trials)
{
    private const string ChosenName = "chosen";
    private const string TrialsName = "trials";

    /// <summary>The file of an adapter and its choice.</summary>
    public static byte[] ToFile(LinearAdapter adapter, Trial[] trials, int chosen, int rows)
    {
        var numbers = new double[2 * trials.Length];
        for (var i = 0; i < trials.Length; i++)
        {
            numbers[2 * i] = 1 / trials[i].Factor;
            numbers[(2 * i) + 1] = double.IsFinite(trials[i].Loss) ? trials[i].Loss / rows : -1;
        }

        var writer = new SafetensorsWriter();
        adapter.AddTo(writer);
        writer.Add<double>(TrialsName, numbers, trials.Length, 2);
        writer.Add<int>(ChosenName, new[] { chosen }, 1);
        return writer.ToArray();
    }

    /// <summary>The choice, for whoever asks.</summary>
    /// <param name="candidates">What there was to choose from, in the order in which the spec declares it.</param>
    public AdapterChoice Of(Candidate[] candidates) => new(
        candidates[Chosen].IsSoftmax ? SoftmaxTrainer.TrainerName : RidgeTrainer.TrainerName,
        candidates[Chosen].Lambda,
        Trials[2 * Chosen],
        Trials[(2 * Chosen) + 1]);

    /// <summary>Reads the choice from an adapter's file.</summary>
    /// <exception cref="LegoNetException">The file holds no such choice.</exception>
    public static Selection Read(ReadOnlyMemory<byte> bytes, string file, int candidates)
    {
        var parsed = SafetensorsFile.Parse(bytes, file, LegoNetError.Damaged);
        var trials = parsed.Get<double>(TrialsName, candidates, 2).ToArray();
        var chosen = parsed.Get<int>(ChosenName, 1)[0];
        return (uint)chosen < (uint)candidates && Array.TrueForAll(trials, double.IsFinite)
            ? new Selection(chosen, trials)
            : throw LegoNetException.Damaged($"{file}: does not say which candidate it chose.");
    }
}
