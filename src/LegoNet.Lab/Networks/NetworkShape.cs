namespace LegoNet.Lab.Networks;

/// <summary>How large a network is.</summary>
/// <param name="Inputs">Length d of a code.</param>
/// <param name="Hidden">Hidden units; 0 for none, which makes the network one linear layer.</param>
/// <param name="Classes">Classes, C.</param>
internal readonly record struct NetworkShape(int Inputs, int Hidden, int Classes);
