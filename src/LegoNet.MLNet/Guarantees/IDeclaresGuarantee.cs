namespace LegoNet.MLNet.Guarantees;

/// <summary>A transformer of this project, which knows what it promises.</summary>
internal interface IDeclaresGuarantee
{
    /// <summary>Exact where nothing in the transformer depends on a record that was forgotten.</summary>
    Guarantee Guarantee { get; }
}
