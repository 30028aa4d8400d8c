namespace LegoNet.Lab.Methods;

/// <summary>What a way of forgetting claims.</summary>
public enum MethodKind
{
    /// <summary>Trains anew on what remains: what the others are compared with.</summary>
    Oracle,

    /// <summary>Gives, to the byte, what its own training on the retained records alone would give.</summary>
    Exact,

    /// <summary>Changes the model so that it behaves more like one that never saw the records. Never an erasure.</summary>
    Approximate,

    /// <summary>Follows a publication to the letter where that falls short of exactness.</summary>
    AsPublished,
}
