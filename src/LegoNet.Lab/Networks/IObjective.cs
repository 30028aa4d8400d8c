namespace LegoNet.Lab.Networks;

/// <summary>What training minimises, batch by batch.</summary>
internal interface IObjective
{
    /// <summary>Sets the gradients of a batch that went forward.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="records">The records that rows of examples are of.</param>
    /// <param name="batch">The batch, in the order of the pass.</param>
    /// <returns>The batch's loss, of which the gradients are.</returns>
    double SetGradients(NetworkPass pass, RecordSet records, ReadOnlySpan<Example> batch);
}
