using LegoNet.Audit;

namespace LegoNet.Tests.ModelCheck;

/// <summary>A change that somebody asks for, and what must come of it.</summary>
/// <param name="Operation">Its name in the ledger.</param>
/// <param name="Outcome">What must come of it.</param>
/// <param name="Run">Asks a model for it.</param>
/// <param name="Apply">Makes it in the reference's records.</param>
internal sealed record Attempt(string Operation, Outcome Outcome, Func<LegoNetModel, Receipt?> Run, Action Apply)
{
    /// <summary>What the ledger names.</summary>
    public IReadOnlySet<Target> Targets { get; init; } = new HashSet<Target>();

    /// <summary>What caches lose, even where the model is refused the change.</summary>
    public IReadOnlyCollection<Target> Purged { get; init; } = [];

    public int Records { get; init; }

    public int ForgottenBefore { get; init; }

    /// <summary>The forget that did before what is asked again.</summary>
    public Line? DoneBefore { get; init; }
}
