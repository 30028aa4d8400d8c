namespace LegoNet.Lab.Networks;

/// <summary>How a gradient becomes an update.</summary>
internal enum OptimiserKind
{
    /// <summary>Stochastic gradient descent with momentum.</summary>
    Sgd,

    /// <summary>Adam (Kingma and Ba, 2015).</summary>
    Adam,
}
