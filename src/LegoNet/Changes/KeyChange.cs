using LegoNet.Audit;
using LegoNet.Sessions;

namespace LegoNet.Changes;

/// <summary>Gives a model another signing key. A change that a crash interrupted is finished by asking for it again.</summary>
internal static class KeyChange
{
    /// <summary>Makes another key sign from the next entry of the ledger on.</summary>
    /// <param name="session">The model.</param>
    /// <param name="loss">Why the key in use cannot endorse the next; null where it can.</param>
    /// <param name="newKeyPath">The next key's file, made where it is missing; null to replace the file of the key in use.</param>
    /// <returns>The public part of the new key.</returns>
    /// <exception cref="LegoNetException">A key is missing or is the same, something is wrong with the ledger, or another process is writing.</exception>
    public static VerificationKey Make(ModelSession session, KeyLoss? loss, string? newKeyPath)
    {
        using var writing = session.EnterAsWriter();
        var (run, head) = (session.Run, LedgerCommit.RequireWhole(session));
        Signing.FinishChange(run, head.Entry.Signer);
        if (newKeyPath is null && run.Paths.SigningKeyIsNamed)
        {
            throw LegoNetException.BadInput(
                $"{run.Paths.SigningKeyFile}: was named, so other models may use it, and it is not replaced; name a file for the new key, too.");
        }

        var listed = Signing.PublicKeys(run);
        if (listed.All(k => k.Fingerprint != head.Entry.Signer))
        {
            throw LegoNetException.BadInput(
                $"{run.Paths.PublicKey}: does not list the key {Signing.Short(head.Entry.Signer)} that signs the model's changes.",
                reason: LegoNetReason.SignerNotListed);
        }

        using var old = loss is null ? LoadOld(session, head) : null;
        var nextPath = newKeyPath ?? run.Paths.NextSigningKeyFile;
        using var next = SigningKey.LoadOrCreate(nextPath, run.Files);
        var name = next.PublicKey.Fingerprint;
        if (listed.Any(k => k.Fingerprint == name && (k.Validity.Any(v => v.Last is not null) || name == head.Entry.Signer)))
        {
            throw LegoNetException.BadInput($"{nextPath}: holds the key {Signing.Short(name)}, which has signed before; name another file.");
        }

        // First what people check with: between this and the entry nothing is signed, and both keys' limits are as they will be.
        Signing.WritePublicKeys(run, Listing(listed, head, next.PublicKey, loss));
        var (sequence, successor) = (head.Sequence + 1, next.PublicKey.ToBase64());
        var endorsement = old?.Sign(ReplacedKey.Domain, ReplacedKey.EndorsementOf(head.Model, sequence, successor));
        LedgerCommit.Append(
            session,
            head,
            Operations.Keys,
            entry => entry with { Replaces = new ReplacedKey(head.Entry.Signer, loss, successor, endorsement) },
            next,
            after: () =>
            {
                if (newKeyPath is null)
                {
                    Signing.FinishChange(run, name);
                }
            });
        session.ForgetSigningKey();
        return Signing.PublicKeys(run).First(k => k.Fingerprint == name);
    }

    private static SigningKey LoadOld(ModelSession session, LedgerHead head)
    {
        var path = session.Run.Paths.SigningKeyFile;
        if (!session.Run.Files.FileExists(path))
        {
            throw LegoNetException.BadInput($"{path}: the signing key is missing, so it cannot endorse the next.", reason: LegoNetReason.SigningKeyMissing);
        }

        var key = SigningKey.Load(path, session.Run.Files);
        if (key.PublicKey.Fingerprint == head.Entry.Signer)
        {
            return key;
        }

        using (key)
        {
            throw LegoNetException.BadInput(
                $"{path}: holds the key {Signing.Short(key.PublicKey.Fingerprint)}, and the model's changes are signed with "
                + $"{Signing.Short(head.Entry.Signer)}, which has to endorse the next.",
                reason: LegoNetReason.SigningKeyMissing);
        }
    }

    private static IEnumerable<VerificationKey> Listing(IReadOnlyList<VerificationKey> listed, LedgerHead head, VerificationKey next, KeyLoss? loss)
    {
        foreach (var key in listed.Where(k => k.Fingerprint != next.Fingerprint))
        {
            // In a backup that was put back, a key that was revoked since signs again; it stays revoked.
            var known = key.Validity.FirstOrDefault(v => v.Model == head.Model);
            var revoked = loss == KeyLoss.Stolen || known is { IsRevoked: true };
            yield return key.Fingerprint == head.Entry.Signer ? key.With(new KeyValidity(head.Model, known?.First ?? 1, head.Sequence, revoked)) : key;
        }

        yield return next.With(new KeyValidity(head.Model, head.Sequence + 1, null, IsRevoked: false));
    }
}
