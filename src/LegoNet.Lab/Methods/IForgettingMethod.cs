namespace LegoNet.Lab.Methods;

/// <summary>A way of training a model that can forget. Callers go through <see cref="MethodRun"/>, which checks and measures.</summary>
public interface IForgettingMethod
{
    /// <summary>Its name in reports, e.g. "fine-tuning".</summary>
    string Name { get; }

    /// <summary>What it claims.</summary>
    MethodKind Kind { get; }

    /// <summary>Its settings, in words, for reports.</summary>
    string Settings { get; }

    /// <summary>What its models are held against: a method whose models never saw what is forgotten, where it trains on the rest alone.</summary>
    IForgettingMethod Oracle => this;

    /// <summary>Trains. The same arguments give the same model, to the byte.</summary>
    /// <param name="records">The records.</param>
    /// <param name="rows">Those of them to train on: at least two, ascending.</param>
    /// <param name="settings">Settings of the run.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="LegoNetException">The method cannot be used on these records.</exception>
    ITrainedState Train(RecordSet records, int[] rows, RunSettings settings, CancellationToken cancellationToken);
}
