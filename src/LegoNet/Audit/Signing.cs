using System.Text;
using LegoNet.Files;
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
    /// <param name="paths">The model.</param>
    /// <param name="options">Settings of this run.</param>
    /// <param name="lastSigner">The key that signed the ledger's newest entry; null where there is none.</param>
    /// <exception cref="LegoNetException">The key is missing, malformed, not listed, or cannot be created.</exception>
    public static SigningKey Open(ModelPaths paths, ModelOptions options, string? lastSigner)
    {
        var path = options.SigningKeyPath ?? paths.SigningKey;
        var publicPath = options.PublicKeyPath ?? paths.PublicKey;
        if (!File.Exists(path) && (lastSigner is not null || File.Exists(publicPath)))
        {
            throw LegoNetException.BadInput($"{path}: the signing key is missing{(lastSigner is null ? $", though {publicPath} says that there is one" : $", and the model's changes were signed with {lastSigner[..16]}…")}; name its place (--signing-key) if it is elsewhere.");
        }

        var key = SigningKey.LoadOrCreate(path);
        try
        {
            IReadOnlyList<VerificationKey> listed = File.Exists(publicPath) ? VerificationKey.Load(publicPath) : [key.PublicKey];
            if (listed.All(k => k.Fingerprint != key.PublicKey.Fingerprint))
            {
                throw LegoNetException.BadInput($"{publicPath}: does not list the public key of {path}; add it there if changes are to be signed with that key from now on.");
            }

            if (lastSigner is not null && listed.All(k => k.Fingerprint != lastSigner))
            {
                throw LegoNetException.BadInput($"{publicPath}: does not list the key {lastSigner[..16]}… that signed the model's changes so far; name that signing key (--signing-key), or add its public key there.");
            }

            NewFile.TryCreate(publicPath, Encoding.ASCII.GetBytes(key.PublicKey.ToPem()), secret: false);
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
    public static IReadOnlyList<VerificationKey> PublicKeys(ModelPaths paths, ModelOptions options)
        => options.PublicKeyPath is { } path ? VerificationKey.Load(path)
            : File.Exists(paths.PublicKey) ? VerificationKey.Load(paths.PublicKey)
            : [];
}
