namespace LegoNet.Changes;

/// <summary>Where a model's encoder is when the model is made.</summary>
/// <param name="Path">The encoder's file; null for a built-in encoder.</param>
/// <param name="Copy">Whether the model directory gets a copy of it.</param>
internal sealed record EncoderLocation(string? Path, bool Copy);
