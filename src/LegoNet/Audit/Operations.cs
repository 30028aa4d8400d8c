namespace LegoNet.Audit;

/// <summary>What the ledger's entries are of.</summary>
internal static class Operations
{
    public const string Train = "train";
    public const string Add = "add";
    public const string Correct = "correct";
    public const string Forget = "forget";

    /// <summary>A model was made whole again with a loss, or its history began anew.</summary>
    public const string Repair = "repair";

    /// <summary>The list of registered caches changed.</summary>
    public const string Caches = "caches";

    /// <summary>Another key signs from this entry on.</summary>
    public const string Keys = "keys";

    /// <summary>Old entries were removed.</summary>
    public const string Prune = "prune";

    public static string[] All { get; } = [Train, Add, Correct, Forget, Repair, Caches, Keys, Prune];
}
