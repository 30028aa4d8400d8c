namespace LegoNet.Lab.Methods;

/// <summary>What a request to forget came to.</summary>
/// <param name="Model">The model afterwards.</param>
/// <param name="Kind">What its method claims of it.</param>
/// <param name="Seconds">How long the request took.</param>
/// <param name="KeptBytes">Bytes kept beside the model afterwards (<see cref="ITrainedState.KeptBytes"/>).</param>
public sealed record ForgetOutcome(IScoringModel Model, MethodKind Kind, double Seconds, long KeptBytes);
