using LegoNet.Data.Formats;

namespace LegoNet.Adapters;

/// <summary>
/// What an adapter that chose for itself keeps of its choice, beside its weights: the number of the candidate in the order in which the spec
/// declares them (ridge first), and of each candidate the temperature, the mean loss and the errors per row
/// in cross-validation.
/// </summary>
/// <param name="Chosen">The candidate's number.</param>
/// <param name="Trials">Temperature, mean loss and errors per row by candidate, [candidates, 3]; −1 where it could not be fitted or was not reached.</param>
internal sealed record Selection(int Chosen, double[] Trials)
{
    /// <summary>Numbers to a candidate.</summary>
    public const int Columns = 3;

    private const string ChosenName = "chosen";
    private const string TrialsName = "trials";

    /// <summary>The file of an adapter and its choice.</summary>
    public static byte[] ToFile(LinearAdapter adapter, Trial[] trials, int chosen, int rows)
    {
        var numbers = new double[Columns * trials.Length];
        Array.Fill(numbers, -1);
        for (var i = 0; i < trials.Length; i++)
        {
            if (trials[i] != Trial.None)
            {
                numbers[Columns * i] = 1 / trials[i].Factor;
                numbers[(Columns * i) + 1] = trials[i].Loss / rows;
                numbers[(Columns * i) + 2] = (double)trials[i].Errors / rows;
            }
        }

        var writer = new SafetensorsWriter();
        adapter.AddTo(writer);
        writer.Add<double>(TrialsName, numbers, trials.Length, Columns);
        writer.Add<int>(ChosenName, new[] { chosen }, 1);
        return writer.ToArray();
    }

    /// <summary>The choice, for whoever asks.</summary>
    /// <param name="candidates">What there was to choose from, in the order in which the spec declares it.</param>
    public AdapterChoice Of(Candidate[] candidates) => new(
        candidates[Chosen].IsSoftmax ? SoftmaxTrainer.TrainerName : RidgeTrainer.TrainerName,
        candidates[Chosen].Lambda,
        Trials[Columns * Chosen],
        Trials[(Columns * Chosen) + 1]);

    /// <summary>Reads the choice from an adapter's file.</summary>
    /// <exception cref="LegoNetException">The file holds no such choice.</exception>
    public static Selection Read(SafetensorsFile parsed, string file, int candidates)
    {
        var trials = parsed.Get<double>(TrialsName, candidates, Columns).ToArray();
        var chosen = parsed.Get<int>(ChosenName, 1)[0];
        return (uint)chosen < (uint)candidates && Array.TrueForAll(trials, double.IsFinite)
            ? new Selection(chosen, trials)
            : throw LegoNetException.Damaged($"{file}: does not say which candidate it chose.");
    }
}
