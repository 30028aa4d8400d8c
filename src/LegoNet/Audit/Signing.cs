using System.Text;
using LegoNet.Store;

namespace LegoNet.Audit;

/// <summary>A model's key files.</summary>
internal static class Signing
{
    /// <summary>
    /// The model's signing key, created together with its public key file on first use. A key that the public key file beside the
    /// model does not list, or that is not the one that signed before, is refused: a lost or mistaken key must not go unnoticed until
    /// somebody checks a receipt.
    /// </summary>
    /// <param name="run">The model and the settings of this run.</param>
    /// <param name="lastSigner">The key that signed the ledger's newest entry; null where there is none.</param>
    /// <exception cref="LegoNetException">The key is missing, malformed, not listed, or cannot be created.</exception>
    public static SigningKey Open(ModelRun run, string? lastSigner)
    {
        var (path, publicPath, files) = (run.Paths.SigningKeyFile, run.Paths.PublicKey, run.Files);
        if (!files.FileExists(path) && (lastSigner is not null || files.FileExists(publicPath)))
        {
            var known = lastSigner is null
                ? $"though {publicPath} says that there is one"
                : $"and the model's changes were signed with {lastSigner[..16]}…";
            throw LegoNetException.BadInput($"{path}: the signing key is missing, {known}.", reason: LegoNetReason.SigningKeyMissing);
        }

        KeyFiles.WarnIfOpen(run, path);
        var key = SigningKey.LoadOrCreate(path, files);
        try
        {
            IReadOnlyList<VerificationKey> listed = files.FileExists(publicPath) ? VerificationKey.Load(publicPath, files) : [key.PublicKey];
            if (listed.All(k => k.Fingerprint != key.PublicKey.Fingerprint))
            {
                throw LegoNetException.BadInput(
                    $"{publicPath}: does not list the public key of {path}; add it there if changes are to be signed with that key from now on.",
                    reason: LegoNetReason.SignerNotListed);
            }

            if (lastSigner is not null && listed.All(k => k.Fingerprint != lastSigner))
            {
                throw LegoNetException.BadInput(
                    $"{publicPath}: does not list the key {lastSigner[..16]}… that signed the model's changes so far; "
                    + "add its public key there, or sign with that key.",
                    reason: LegoNetReason.SigningKeyMissing);
            }

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
}
