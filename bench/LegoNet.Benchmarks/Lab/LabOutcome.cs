namespace LegoNet.Benchmarks.Lab;

/// <summary>What a method made of one task with one seed.</summary>
/// <param name="Gap">Distance to the retrained networks as a share of that of doing nothing.</param>
/// <param name="Forgotten">Accuracy on forgotten records.</param>
/// <param name="HeldOut">Accuracy on records that no network saw, of the classes that stay.</param>
/// <param name="Retained">Mean distance of probabilities from those of the retrained networks, on retained records.</param>
/// <param name="MovedRetained">Mean change of retained records' hidden features, as a share of their length.</param>
/// <param name="MovedForgotten">The same of forgotten records.</param>
/// <param name="Seconds">Median of a request's.</param>
/// <param name="KeptBytes">Bytes kept in order to forget, when all requests are done.</param>
internal sealed record LabOutcome(
    double Gap, double Forgotten, double HeldOut, double Retained, double MovedRetained, double MovedForgotten, double Seconds, long KeptBytes);
