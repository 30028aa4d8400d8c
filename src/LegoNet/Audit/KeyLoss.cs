namespace LegoNet.Audit;

/// <summary>Why a signing key can no longer say itself which key comes after it.</summary>
public enum KeyLoss
{
    /// <summary>Its file is gone, and nobody else has it. What it signed before goes on to hold.</summary>
    Lost,

    /// <summary>
    /// Somebody else has it, or may have it. The ledger's entries up to now hold because the new key signs over them; no receipt and no
    /// proof signed with the key does any more, since the thief could have made it. They can be made again under the new key.
    /// </summary>
    Stolen,
}
