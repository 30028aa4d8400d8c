using System.Diagnostics;

namespace LegoNet.Lab.Methods;

/// <summary>One method on one set of records: trained once, then asked to forget, any number of times.</summary>
/// <remarks>Not thread-safe.</remarks>
public sealed class MethodRun : IDisposable
{
    private readonly IForgettingMethod _method;
    private readonly RecordSet _records;
    private readonly ITrainedState _state;
    private int[] _retained;

    private MethodRun(IForgettingMethod method, RecordSet records, int[] retained, ITrainedState state, double seconds)
    {
        _method = method;
        _records = records;
        _retained = retained;
        _state = state;
        TrainingSeconds = seconds;
    }

    /// <summary>The model as it is now.</summary>
    public IScoringModel Model => _state.Model;

    /// <summary>How long training takes, with the part that another method's equal training had taken before.</summary>
    public double TrainingSeconds { get; }

    /// <summary>Bytes kept beside the model in order to forget.</summary>
    public long KeptBytes => _state.KeptBytes;

    /// <summary>Rows of the records that are in the model, ascending.</summary>
    public IReadOnlyList<int> Retained => _retained;

    /// <summary>Trains a method's model.</summary>
    /// <param name="method">The method.</param>
    /// <param name="records">The records.</param>
    /// <param name="rows">Those of them to train on, all different; null for all.</param>
    /// <param name="settings">Settings of the run.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="LegoNetException">There are fewer than two records, or the method cannot be used on them.</exception>
    public static MethodRun Train(
        IForgettingMethod method,
        RecordSet records,
        IReadOnlyCollection<int>? rows = null,
        RunSettings? settings = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(records);
        int[] trained = rows is null ? records.AllRows : [.. rows.Distinct().Order()];
        if (trained.Length < 2 || trained[0] < 0 || trained[^1] >= records.Count)
        {
            throw LegoNetException.BadInput(
                trained.Length < 2 ? "A model is trained on at least 2 records." : $"There are the rows 0 to {records.Count - 1} to train on, and no others.");
        }

        var watch = Stopwatch.StartNew();
        var state = method.Train(records, trained, settings ?? new RunSettings(), cancellationToken);
        return new MethodRun(method, records, trained, state, watch.Elapsed.TotalSeconds + state.BorrowedSeconds);
    }

    /// <summary>Forgets records, and measures how long that takes.</summary>
    /// <param name="rows">Their rows. Naming one twice does no harm.</param>
    /// <param name="cancellationToken">Cancels; the run is then of no more use.</param>
    /// <exception cref="LegoNetException">
    /// Nothing is to be forgotten, a row is not in the model, fewer than two records would stay, or the method cannot do it.
    /// </exception>
    public ForgetOutcome Forget(IReadOnlyCollection<int> rows, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(rows);
        int[] forgotten = [.. rows.Distinct().Order()];
        if (forgotten.Length == 0)
        {
            throw LegoNetException.BadInput("A request to forget names no record; name at least 1.");
        }

        if (forgotten.Length > _retained.Length)
        {
            throw LegoNetException.BadInput($"{forgotten.Length:N0} records are to be forgotten, and only {_retained.Length:N0} are in the model.");
        }

        var missing = Array.FindIndex(forgotten, row => Array.BinarySearch(_retained, row) < 0);
        if (missing >= 0)
        {
            throw LegoNetException.BadInput(
                $"Record {forgotten[missing]} of {_records.Count:N0} is not in the model: it was never in it, or forgotten before.");
        }

        int[] retained = [.. _retained.Except(forgotten)];
        if (retained.Length < 2)
        {
            throw LegoNetException.BadInput(
                $"{forgotten.Length:N0} of the {_retained.Length:N0} records in the model are to be forgotten; at least 2 must stay to compare with.");
        }

        var watch = Stopwatch.StartNew();
        _state.Forget(forgotten, retained, cancellationToken);
        var seconds = watch.Elapsed.TotalSeconds;
        _retained = retained;
        return new ForgetOutcome(_state.Model, _method.Kind, seconds, _state.KeptBytes);
    }

    /// <summary>Removes what the method kept.</summary>
    public void Dispose() => _state.Dispose();
}
