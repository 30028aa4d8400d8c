using LegoNet.Data.Files;
using LegoNet.Records;
using LegoNet.Store;
using LegoNet.Tests.Support;

namespace LegoNet.Tests.Fuzzing;

/// <summary>
/// A model whose files were changed by somebody who put every digest right: opening refuses it as damaged or opens it, and verifying
/// finds what was changed. Nothing else may happen.
/// </summary>
public sealed class ModelFuzzTests : IDisposable
{
    private static readonly ModelDefinition s_definition = Models.Definition(adapters: 4, active: 2);

    private readonly TempFolder _folder = new();
    private readonly ModelPaths _paths;

    public ModelFuzzTests()
    {
        _paths = new ModelPaths(_folder["model"]);
        Train();
        Tree.Copy(_folder["model"], _folder["whole"]);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Spec_ChangedWithItsDigest_IsDamagedOrFound()
        => Run("spec.json", (m, file) => m.Json(file), WithSpec, "spec.json");

    [Fact]
    public void Adapter_ChangedWithItsDigest_IsDamagedOrFound()
    {
        var entry = Manifest.Adapters[1]!;
        Run(entry.AdapterFile(".safetensors"), (m, file) => m.Safetensors(file), (manifest, digest) => With(manifest, entry with { Adapter = digest }), null);
    }

    [Fact]
    public void Shard_ChangedWithItsDigest_IsDamagedOrFound()
    {
        var entry = Manifest.Adapters[1]!;
        Run(entry.ShardFile, (m, file) => m.Safetensors(file), (manifest, digest) => With(manifest, entry with { Shard = digest }), null);
    }

    [Fact]
    public void Records_ChangedWithTheirDigest_AreDamagedOrFound()
    {
        var root = Manifest.Records!;
        Run(root.File, (m, file) => m.Json(file), (manifest, digest) => manifest.With(root with { Digest = digest }, manifest.Adapters), null);
    }

    private Manifest Manifest => Manifest.Parse(File.ReadAllBytes(_paths.File("manifest.json")), "test");

    private static Manifest With(Manifest manifest, AdapterEntry entry)
        => manifest.With(manifest.Records, [.. manifest.Adapters.Select((a, i) => i == entry.Number ? entry : a)]);

    private static Manifest WithSpec(Manifest manifest, string digest) => new()
    {
        Spec = digest,
        Keys = manifest.Keys,
        AdapterExtension = manifest.AdapterExtension,
        TagKey = manifest.TagKey,
        Records = manifest.Records,
        Adapters = manifest.Adapters,
    };

    private void Run(string name, Func<Mutator, byte[], byte[]> mutate, Func<Manifest, string, Manifest> rename, string? fixedName)
    {
        var original = File.ReadAllBytes(_paths.File(name));
        Fuzzer.Run([original], mutate, bytes =>
        {
            Tree.Copy(_folder["whole"], _paths.Root);
            var manifest = rename(Manifest, Digests.Of(bytes));
            File.WriteAllBytes(_paths.File(fixedName ?? name.Replace(Digests.Of(original), Digests.Of(bytes), StringComparison.Ordinal)), bytes);
            File.WriteAllBytes(_paths.Manifest, manifest.ToJson());
            using (var model = LegoNetModel.Open(_paths.Root, Options()))
            {
                model.Score(new sbyte[model.Spec.Dimension]);

                // Apart from the ledger, which leads to the root before and would give away any change by itself. (Of the spec it alone
                // does: another name for the encoder, say, makes another model that is as good.)
                var report = model.Verify();
                var found = report.Damage.Concat(report.Differences).Where(d => fixedName is not null || !d.StartsWith("ledger", StringComparison.Ordinal));
                Assert.True(bytes.AsSpan().SequenceEqual(original) || found.Any(), "a changed file was verified");
                _ = Record.Exception(() => model.Forget("subject-4")) is { } failure && failure is not LegoNetException ? throw failure : 0;
            }
        }, bytesPerByte: 4000);
    }

    private void Train()
    {
        var records = Enumerable.Range(0, 40).Select(i => Models.Record(s_definition.Spec, i / 3, i % 3));
        LegoNetModel.Train(_paths.Root, s_definition, records, Options()).Dispose();
    }

    private ModelOptions Options() => new()
    {
        TagKeyPath = _folder["key"],
        SigningKeyPath = _folder["signing"],
        PublicKeyPath = _folder["public"],
        Threads = 1,
        Files = new UnflushedFiles(),
    };
}
