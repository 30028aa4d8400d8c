namespace LegoNet.Lab.Attacks;

/// <summary>What an attacker knows of a record: its margins under the models before and after a request, or 0 for one that is not at hand.</summary>
internal readonly record struct MarginPair(double Before, double After);
