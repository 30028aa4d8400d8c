namespace LegoNet.Runs;

/// <summary>A stage of a run: tasks that need nothing of each other, and everything of the stage before.</summary>
/// <param name="Name">Its name: "encode", "records", "copies", "shards", "solve" or "score".</param>
/// <param name="First">The number of its first task.</param>
/// <param name="Count">Tasks, from 1.</param>
/// <param name="Encodes">Whether its tasks run the encoder, so that a node with a GPU may be wanted for them.</param>
public sealed record RunStage(string Name, int First, int Count, bool Encodes = false);
