using System.Text;
using LegoNet.Files;
using LegoNet.Store;

namespace LegoNet.Audit;

/// <summary>A model's key files.</summary>
internal static class Signing
{
    /// <summary>
    /// The model's signing key, created together with its public key file on first use. A key that the public key file beside the
    /// model does not list or no longer lists as valid, or that is not the one that signed before, is refused: a lost or mistaken key
    /// must not go unnoticed until somebody checks a receipt.
    /// </summary>
    /// <param name="run">The model and the settings of this run.</param>
    /// <param name="head">The ledger's newest entry; null where there is none.</param>
    /// <exception cref="LegoNetException">The key is missing, malformed, not listed, retired, not the model's, or cannot be created.</exception>
    public static SigningKey Open(ModelRun run, LedgerHead? head)
    {
        var (path, publicPath, files) = (run.Paths.SigningKeyFile, run.Paths.PublicKey, run.Files);
        if (head is not null)
        {
            FinishChange(run, head.Entry.Signer);
        }

        if (!files.FileExists(path) && (head is not null || files.FileExists(publicPath)))
        {
            var known = head is null ? $"though {publicPath} says that there is one" : $"and the model's changes are signed with {Short(head.Entry.Signer)}";
            throw LegoNetException.BadInput($"{path}: the signing key is missing, {known}.", reason: LegoNetReason.SigningKeyMissing);
        }

        KeyFiles.WarnIfOpen(run, path);
        var key = SigningKey.LoadOrCreate(path, files);
        try
        {
            IReadOnlyList<VerificationKey> listed = files.FileExists(publicPath) ? VerificationKey.Load(publicPath, files) : [key.PublicKey];
            Require(key, listed, head, path, publicPath);
            files.TryCreate(publicPath, Encoding.ASCII.GetBytes(key.PublicKey.ToPem()), secret: false);
            return key;
        }
        catch (Exception e)
        {
            key.Dispose();
            if (e is IOException or UnauthorizedAccessException)
            {
                throw LegoNetException.BadInput($"{publicPath}: the public key cannot be written ({LegoNetException.Cause(e)}).", e);
            }

            throw;
        }
    }

    /// <summary>The public keys under which the model's signatures are checked; none where their file is missing.</summary>
    /// <exception cref="LegoNetException">A file that was named is missing, or the file is malformed.</exception>
    public static IReadOnlyList<VerificationKey> PublicKeys(ModelRun run)
        => run.Paths.PublicKeyIsNamed || run.Files.FileExists(run.Paths.PublicKey) ? VerificationKey.Load(run.Paths.PublicKey, run.Files) : [];

    /// <summary>Replaces the public keys' file, in one step.</summary>
    /// <exception cref="LegoNetException">It cannot be written.</exception>
    public static void WritePublicKeys(ModelRun run, IEnumerable<VerificationKey> keys)
    {
        var (path, files) = (run.Paths.PublicKey, run.Files);
        try
        {
            files.WriteAllBytes(path + ".new", Encoding.ASCII.GetBytes(string.Join('\n', keys.Select(k => k.ToPem()))), flush: true);
            files.Rename(path + ".new", path);
            files.FlushDirectory(Path.GetDirectoryName(path)!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw LegoNetException.BadInput($"{path}: the public keys cannot be written ({LegoNetException.Cause(e)}).", e);
        }
    }

    /// <summary>Gives the next signing key its place, once the ledger says that it signs.</summary>
    public static void FinishChange(ModelRun run, string signer)
    {
        var next = run.Paths.NextSigningKeyFile;
        if (!run.Files.FileExists(next))
        {
            return;
        }

        using var key = SigningKey.Load(next, run.Files);
        if (key.PublicKey.Fingerprint == signer)
        {
            run.Files.Rename(next, run.Paths.SigningKeyFile);
            run.Files.FlushDirectory(Path.GetDirectoryName(next)!);
        }
    }

    /// <summary>The beginning of a key's name, for messages.</summary>
    public static string Short(string fingerprint) => fingerprint[..16] + "…";

    private static void Require(SigningKey key, IReadOnlyList<VerificationKey> listed, LedgerHead? head, string path, string publicPath)
    {
        var name = key.PublicKey.Fingerprint;
        if (head is not null && head.Entry.Signer != name)
        {
            throw LegoNetException.BadInput(
                $"{path}: holds the key {Short(name)}, and the model's changes are signed with {Short(head.Entry.Signer)}, "
                + "which has to sign or to be replaced.",
                reason: LegoNetReason.SigningKeyMissing);
        }

        if (listed.FirstOrDefault(k => k.Fingerprint == name) is not { } own)
        {
            throw LegoNetException.BadInput(
                $"{publicPath}: does not list the public key of {path}, so nobody could check what is signed with it.",
                reason: LegoNetReason.SignerNotListed);
        }

        if (own.Validity.Any(v => v.IsRevoked)
            || (head is not null && own.WhyNotValid(head.Model, head.Sequence + 1, isEntry: true) is not null))
        {
            throw LegoNetException.BadInput(
                $"{path}: holds the key {Short(name)}, which was retired according to {publicPath}, so it must sign nothing new; "
                + "finish the change of keys by asking for it again.");
        }
    }
}
