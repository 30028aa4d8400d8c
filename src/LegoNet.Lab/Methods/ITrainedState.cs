namespace LegoNet.Lab.Methods;

/// <summary>A trained model, with what its method needs to forget.</summary>
public interface ITrainedState : IDisposable
{
    /// <summary>The model as it is now. It stays what it is when more is forgotten.</summary>
    IScoringModel Model { get; }

    /// <summary>Bytes kept beside the model in order to forget: records that a forget reads, sums, checkpoints, updates. Not the model's own.</summary>
    long KeptBytes { get; }

    /// <summary>Seconds of the training that were spent earlier, on an equal network of another method's; 0 where all were spent now.</summary>
    double BorrowedSeconds => 0;

    /// <summary>Forgets records.</summary>
    /// <param name="rows">Rows of records that are in the model: at least one, all different, ascending.</param>
    /// <param name="retained">Rows of those that stay: at least two, ascending.</param>
    /// <param name="cancellationToken">Cancels; the state is then of no more use.</param>
    void Forget(int[] rows, int[] retained, CancellationToken cancellationToken);
}
