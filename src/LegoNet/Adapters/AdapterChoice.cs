namespace LegoNet.Adapters;

/// <summary>What an adapter chose from its own shard, where its trainer lets it (<see cref="AutoTrainer"/>).</summary>
/// <param name="Trainer">"ridge" or "softmax".</param>
/// <param name="Lambda">λ, relative to the mean over columns of Σ c² of the shard.</param>
/// <param name="Temperature">
/// What the trainer's scores were divided by to be logits: about 0.1 for ridge, about 1 for softmax. It is in the adapter's weights already. 1 for
/// regression.
/// </param>
/// <param name="Loss">The candidate's mean loss over the shard's rows in cross-validation: log loss in nats, or for regression squared steps.</param>
public sealed record AdapterChoice(string Trainer, double Lambda, double Temperature, double Loss);
