using System.Security.Cryptography;
using LegoNet.Audit;
using LegoNet.Data.Files;
using LegoNet.Files;
using LegoNet.Records;
using LegoNet.Tests.Support;

namespace LegoNet.Tests.Audit;

public sealed class SigningKeyTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string File => _folder["model.signing.pem"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void LoadOrCreate_FirstUse_WritesAKeyOnlyItsOwnerReadsAndNothingElse()
    {
        using var created = SigningKey.LoadOrCreate(File, PhysicalFileLayer.Instance);
        using var loaded = SigningKey.LoadOrCreate(File, PhysicalFileLayer.Instance);
        Assert.Equal(created.PublicKey.Fingerprint, loaded.PublicKey.Fingerprint);
        Assert.StartsWith("-----BEGIN PRIVATE KEY-----\n", System.IO.File.ReadAllText(File), StringComparison.Ordinal);
        Assert.Equal([File], Directory.GetFiles(_folder.Path));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
        }
    }

    [Fact]
    public void LoadOrCreate_ManyAtOnce_AllGetOneKey()
    {
        var names = new string[16];
        Parallel.For(0, names.Length, new ParallelOptions { MaxDegreeOfParallelism = names.Length }, i =>
        {
            using var key = SigningKey.LoadOrCreate(File, PhysicalFileLayer.Instance);
            names[i] = key.PublicKey.Fingerprint + TagKey.LoadOrCreate(_folder["model.key"]).Fingerprint;
        });
        Assert.Single(names.Distinct());
        Assert.Equal(2, Directory.GetFiles(_folder.Path).Length);
    }

    [Fact]
    public void TryCreate_ManyAtOnce_OneWinsAndIsNeverReplaced()
    {
        for (var round = 0; round < 60; round++)
        {
            var path = _folder[$"key-{round}"];
            var won = new bool[8];
            using var start = new Barrier(won.Length);
            Thread[] threads = [.. Enumerable.Range(0, won.Length).Select(i => new Thread(() =>
            {
                start.SignalAndWait();
                won[i] = NewFile.TryCreate(path, [(byte)i], secret: true);
            }))];
            Array.ForEach(threads, thread => thread.Start());
            Array.ForEach(threads, thread => thread.Join());
            Assert.Equal(System.IO.File.ReadAllBytes(path)[0], Array.IndexOf(won, true));
            Assert.Single(won, w => w);
        }

        Assert.Equal(60, Directory.GetFiles(_folder.Path).Length);
    }

    [Fact]
    public void Save_AfterAProcessThatWasKilledAtIt_RemovesWhatThatLeft()
    {
        var left = _folder.Write($"{Path.GetFileName(File)}.{Guid.NewGuid():N}.new", "half a key");
        var others = _folder.Write($"{Path.GetFileName(File)}.mine.new", "somebody's");
        using var key = SigningKey.CreateRandom();
        key.Save(File, PhysicalFileLayer.Instance);
        Assert.True(System.IO.File.Exists(File));
        Assert.False(System.IO.File.Exists(left));
        Assert.True(System.IO.File.Exists(others));
    }

    [Fact]
    public void TryCreate_FileThatIsThere_IsLeftAsItIs()
    {
        Assert.True(NewFile.TryCreate(File, [1], secret: true));
        Assert.False(NewFile.TryCreate(File, [2], secret: true));
        Assert.Equal([1], System.IO.File.ReadAllBytes(File));
    }

    [Fact]
    public void TryCreate_FolderThatCannotBeWritten_LeavesNothing()
    {
        System.IO.File.WriteAllText(_folder["file"], "");
        Assert.ThrowsAny<IOException>(() => NewFile.TryCreate(_folder["file/key"], [1], secret: true));
        var error = Assert.Throws<LegoNetException>(() => SigningKey.LoadOrCreate(_folder["file/key"], PhysicalFileLayer.Instance));
        Assert.Contains("cannot be created", error.Message, StringComparison.Ordinal);
        Assert.Contains("cannot be created", Assert.Throws<LegoNetException>(() => TagKey.LoadOrCreate(_folder["file/key"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PublicKey_AsPem_IsReadByOthersAndAgain()
    {
        using var key = SigningKey.CreateRandom();
        using var other = ECDsa.Create();
        other.ImportFromPem(key.PublicKey.ToPem());
        Assert.Equal(key.PublicKey.Fingerprint, Digests.Of(other.ExportSubjectPublicKeyInfo()));
        using var second = SigningKey.CreateRandom();
        Assert.Equal(
            [key.PublicKey.Fingerprint, second.PublicKey.Fingerprint],
            VerificationKey.Parse("first:\n" + key.PublicKey.ToPem() + second.PublicKey.ToPem()).Select(k => k.Fingerprint));
    }

    [Fact]
    public void Sign_Statement_HoldsForItsDomainKeyAndTextOnly()
    {
        using var key = SigningKey.CreateRandom();
        using var other = SigningKey.CreateRandom();
        byte[] statement = [1, 2, 3];
        var signature = key.Sign("domain.v1", statement);
        Assert.True(key.PublicKey.Verify("domain.v1", statement, signature));
        Assert.False(key.PublicKey.Verify("domain.v2", statement, signature));
        Assert.False(key.PublicKey.Verify("domain.v1", [1, 2, 4], signature));
        Assert.False(other.PublicKey.Verify("domain.v1", statement, signature));
        foreach (var malformed in (string[])["", "?", "AAAA", signature[..^4], signature + " ", " " + signature, new string('A', 96), new string('A', 100_000)])
        {
            Assert.False(key.PublicKey.Verify("domain.v1", statement, malformed));
        }
    }

    [Fact]
    public void Load_AnythingButAP256Key_IsRefusedInASentence()
    {
        using var p256 = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var rsa = RSA.Create(2048);
        var pem = p256.ExportPkcs8PrivateKeyPem();
        foreach (var text in (string[])
        [
            "", "key", pem[..^40], pem[..60] + "!" + pem[60..], pem + "\n" + pem,
            p384.ExportPkcs8PrivateKeyPem(), rsa.ExportPkcs8PrivateKeyPem(), p256.ExportSubjectPublicKeyInfoPem(),
            p256.ExportEncryptedPkcs8PrivateKeyPem("secret", new PbeParameters(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 1)),
            new string('x', 100_000),
        ])
        {
            System.IO.File.WriteAllText(File, text);
            Refused(() => SigningKey.Load(File, PhysicalFileLayer.Instance));
        }

        foreach (var text in (string[])
        [
            "", "key", pem, p384.ExportSubjectPublicKeyInfoPem(), rsa.ExportSubjectPublicKeyInfoPem(), p256.ExportSubjectPublicKeyInfoPem()[..^40],
            p256.ExportSubjectPublicKeyInfoPem() + "\n" + pem, "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", new string('x', 100_000),
        ])
        {
            System.IO.File.WriteAllText(File, text);
            Refused(() => VerificationKey.Load(File));
        }

        System.IO.File.Delete(File);
        Refused(() => SigningKey.Load(File, PhysicalFileLayer.Instance));
        Refused(() => VerificationKey.Load(File));

        // Other tools write the same key under another heading.
        System.IO.File.WriteAllText(File, p256.ExportECPrivateKeyPem());
        using var loaded = SigningKey.Load(File, PhysicalFileLayer.Instance);
        Assert.Equal(Digests.Of(p256.ExportSubjectPublicKeyInfo()), loaded.PublicKey.Fingerprint);

        void Refused(Func<object> load)
        {
            var failure = Assert.Throws<LegoNetException>(load);
            Assert.Equal(LegoNetError.BadInput, failure.Error);
            Assert.StartsWith(File, failure.Message, StringComparison.Ordinal);
            Assert.EndsWith(".", failure.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', failure.Message);
        }
    }

    [Fact]
    public void Change_KeyMissingOrAnother_IsRefusedBeforeAnythingIsDone()
    {
        using var trained = new TrainedModel();
        var (key, publicKey) = (trained.Path + ".signing.pem", trained.Path + ".signing.pub.pem");
        var files = Tree.Files(trained.Path);
        System.IO.File.Move(key, key + ".away");
        Assert.Contains("the signing key is missing", Refused(), StringComparison.Ordinal);
        System.IO.File.Move(publicKey, publicKey + ".away");
        Assert.Contains("the signing key is missing, and the model's changes are signed with ", Refused(), StringComparison.Ordinal);
        SigningKey.LoadOrCreate(key, PhysicalFileLayer.Instance).Dispose();
        Assert.Contains(", and the model's changes are signed with ", Refused(), StringComparison.Ordinal);
        System.IO.File.Move(publicKey + ".away", publicKey);
        Assert.Contains(", and the model's changes are signed with ", Refused(), StringComparison.Ordinal);

        // Not by listing it, either: the ledger has to say that another key signs.
        var listed = System.IO.File.ReadAllText(publicKey);
        System.IO.File.AppendAllText(publicKey, SigningKey.Load(key, PhysicalFileLayer.Instance).PublicKey.ToPem());
        Assert.Contains(", and the model's changes are signed with ", Refused(), StringComparison.Ordinal);
        System.IO.File.WriteAllText(publicKey, listed);
        Assert.Equal(files.Keys, Tree.Files(trained.Path).Keys);

        // Scoring, reading and verifying need no private key.
        using (var reader = LegoNetModel.Open(trained.Path))
        {
            Assert.True(reader.Verify(cancellationToken: TestContext.Current.CancellationToken).IsExact);
            Assert.NotEmpty(reader.Inspect("subject-1").Records);
        }

        System.IO.File.Move(key + ".away", key, overwrite: true);
        System.IO.File.Delete(publicKey);
        SigningKey.LoadOrCreate(key + ".other", PhysicalFileLayer.Instance).Dispose();
        System.IO.File.WriteAllText(publicKey, SigningKey.Load(key + ".other", PhysicalFileLayer.Instance).PublicKey.ToPem());
        var unlisted = Assert.Throws<LegoNetException>(Refused);
        Assert.Equal((LegoNetError.Damaged, LegoNetReason.SignerNotListed), (unlisted.Error, unlisted.Reason));
        Assert.StartsWith($"{publicKey}: does not list the key ", unlisted.Message, StringComparison.Ordinal);

        string Refused()
        {
            using var model = LegoNetModel.Open(trained.Path);
            return Assert.Throws<LegoNetException>(() => model.Forget("subject-1")).Message;
        }
    }

    [Fact]
    public void Change_KeyElsewhere_SignsWithItAndLeavesThePublicKeyBesideTheModel()
    {
        var definition = Models.Definition();
        var options = new ModelOptions { SigningKeyPath = _folder["keys/one.pem"], Files = new UnflushedFiles() };
        using var model = LegoNetModel.Train(
            _folder["model"],
            definition,
            [Models.Record(definition.Spec, 1, 1)],
            options,
            cancellationToken: TestContext.Current.CancellationToken);
        Assert.False(System.IO.File.Exists(File));
        Assert.Equal(VerificationKey.Load(_folder["model.signing.pub.pem"])[0].Fingerprint, model.Forget("subject-1").Signer);
        using var key = SigningKey.Load(_folder["keys/one.pem"], PhysicalFileLayer.Instance);
        Assert.Equal(key.PublicKey.Fingerprint, Assert.Single(model.VerificationKeys).Fingerprint);
    }
}
