namespace LegoNet.Ensembles;

/// <summary>How well a model finds one class.</summary>
/// <param name="Precision">Share of the records predicted to be of the class that are; 0 where none is predicted to be.</param>
/// <param name="Recall">Share of the records of the class that are predicted to be; 0 where there is none.</param>
/// <param name="Records">Records of the class.</param>
public sealed record ClassEvaluation(double Precision, double Recall, long Records);
