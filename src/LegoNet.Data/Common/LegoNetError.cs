namespace LegoNet;

/// <summary>What kind of failure a <see cref="LegoNetException"/> reports; the command line maps each to an exit code.</summary>
public enum LegoNetError
{
    /// <summary>The caller's data, spec or request is wrong; the model is untouched (exit code 3).</summary>
    BadInput = 3,

    /// <summary>A re-derivation disagreed with what is stored (exit code 4).</summary>
    VerificationFailed = 4,

    /// <summary>A stored file is missing, cut or altered (exit code 5).</summary>
    Damaged = 5,
}
