using LegoNet.Data;

namespace LegoNet.Ensembles;

/// <summary>A record and what a model says of it.</summary>
/// <param name="Record">The record as read.</param>
/// <param name="Prediction">The prediction.</param>
public readonly record struct ScoredRecord(SourceRecord Record, Prediction Prediction);
