namespace LegoNet.Audit;

/// <summary>What whoever checks a <see cref="MembershipProof"/> knows from elsewhere. Nothing of it is needed; what is left out is the signer's word.</summary>
public sealed class ProofExpectations
{
    /// <summary>
    /// The receipt of the change that the proof is to confirm. The proof must be of the same model, and of the state after the change or
    /// a later one.
    /// </summary>
    public Receipt? Receipt { get; init; }

    /// <summary>The root digest that is trusted, e.g. because it was published; 64 hexadecimal digits.</summary>
    public string? RootDigest { get; init; }

    /// <summary>The model's name (<see cref="LedgerPosition.Model"/>): what tells it from another model under the same key; 64 hexadecimal digits.</summary>
    public string? Model { get; init; }

    /// <summary>The subject's name, to see that the signer speaks of it.</summary>
    public string? Subject { get; init; }

    /// <summary>How old the proof may be. Default: any age, so that a proof from before the person came back holds, too.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>The clock for <see cref="MaxAge"/>. Default: the system's.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
