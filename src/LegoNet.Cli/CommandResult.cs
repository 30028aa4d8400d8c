using System.Text.Json.Nodes;

namespace LegoNet.Cli;

/// <summary>What a command has to say at its end: the same facts as JSON and as text.</summary>
/// <param name="Json">For --json: one object on standard output.</param>
/// <param name="Text">For people.</param>
/// <param name="ExitCode">The exit status.</param>
internal sealed record CommandResult(JsonObject Json, string Text, int ExitCode = ExitCodes.Done);
