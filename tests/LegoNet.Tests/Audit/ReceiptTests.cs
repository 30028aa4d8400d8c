using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using LegoNet.Audit;
using LegoNet.Data.Files;
using LegoNet.Files;
using LegoNet.Records;
using LegoNet.Tests.Support;

namespace LegoNet.Tests.Audit;

public sealed class ReceiptTests : IDisposable
{
    private readonly TrainedModel _trained = new();

    private LegoNetModel Model => _trained.Model;

    public void Dispose() => _trained.Dispose();

    [Fact]
    public void Forget_Receipt_NamesItsLedgerEntryAndCarriesNoId()
    {
        var first = Model.Forget("subject-1");
        var second = Model.Forget([new ForgetTarget("subject-2", "id-1")], cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal((2, 3), (first.LedgerSequence, second.LedgerSequence));
        Assert.Equal(first.LedgerEntry, second.LedgerPrevious);
        Assert.Equal(Digests.Of(File.ReadAllBytes(InLedger(2))), first.LedgerEntry);
        Assert.Equal(Digests.Of(File.ReadAllBytes(InLedger(1))), first.LedgerPrevious);
        Assert.DoesNotContain("subject-", first.ToJson() + second.ToJson(), StringComparison.Ordinal);
        Assert.DoesNotContain("id-1", second.ToJson(), StringComparison.Ordinal);
        Assert.Equal(0, first.Time.Ticks % TimeSpan.TicksPerMillisecond);
    }

    [Fact]
    public void Parse_WrittenReceipt_IsTheSameAndVerifies()
    {
        foreach (var receipt in (Receipt[])
        [
            Model.Forget("subject-1"),
            Model.Forget([new ForgetTarget("nobody")], ignoreUnknown: true, cancellationToken: TestContext.Current.CancellationToken),
            Model.Add(_trained.Records(1), cancellationToken: TestContext.Current.CancellationToken),
            Model.Correct([Models.Record(_trained.Definition.Spec, 3, 1, 9)], cancellationToken: TestContext.Current.CancellationToken),
        ])
        {
            var parsed = Receipt.Parse(receipt.ToJson());
            Assert.Equal(receipt.ToJson(), parsed.ToJson());
            Assert.Equal(receipt.Time, parsed.Time);
            Assert.True(parsed.Verify([.. Model.VerificationKeys]));
            Assert.True(Model.VerifyReceipt(parsed).Holds, string.Join('\n', Model.VerifyReceipt(parsed).Differences));
            using var other = SigningKey.CreateRandom();
            Assert.False(parsed.Verify(other.PublicKey));
        }
    }

    [Fact]
    public void Parse_AnyByteChanged_IsRefusedFailsOrMeansTheSame()
    {
        var keys = Model.VerificationKeys;
        var json = Model.Forget("subject-1").ToJson();
        for (var i = 0; i < json.Length; i++)
        {
            foreach (var changed in (char[])[(char)(json[i] ^ 1), '0', ' ', '"'])
            {
                var altered = $"{json[..i]}{changed}{json[(i + 1)..]}";
                if (altered != json && TryParse(altered) is { } parsed && parsed.Verify(keys))
                {
                    Assert.Equal(json, parsed.ToJson());
                }
            }
        }
    }

    [Fact]
    public void Signature_WithStockTools_HoldsOverSortedJsonBehindItsDomain()
    {
        // As docs/proof.md shows it with jq and openssl.
        var node = JsonNode.Parse(Model.Forget("subject-1").ToJson())!.AsObject();
        var signature = Convert.FromBase64String((string)node["signature"]!);
        node.Remove("signature");
        var sorted = Sort(node).ToJsonString(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        using var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(_trained.Path + ".signing.pub.pem"));
        var signed = Encoding.UTF8.GetBytes("legonet.receipt.v2\n" + sorted);
        Assert.True(key.VerifyData(signed, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));

        static JsonNode Sort(JsonNode node) => node switch
        {
            JsonObject members => new JsonObject(members
                .OrderBy(m => m.Key, StringComparer.Ordinal)
                .Select(m => KeyValuePair.Create(m.Key, m.Value is null ? null : Sort(m.Value)))),
            JsonArray items => new JsonArray([.. items.Select(i => i is null ? null : Sort(i))]),
            _ => node.DeepClone(),
        };
    }

    [Fact]
    public void VerifyReceipt_OldAndNewOnes_FollowTheLedger()
    {
        var one = Model.Forget("subject-1");
        Assert.True(Model.VerifyReceipt(one) is { Holds: true, IsPresent: true, Notes: [] });
        var two = Model.Forget("subject-2");
        Assert.True(Model.VerifyReceipt(one) is { Holds: true, IsPresent: false, Notes: [] });
        Assert.True(Model.VerifyReceipt(two) is { Holds: true, IsPresent: true });
        Model.Add(_trained.Records(1), cancellationToken: TestContext.Current.CancellationToken);
        var report = Model.VerifyReceipt(one);
        Assert.True(report.Holds);
        Assert.Equal("records are stored under 1 of the tags that the receipt names as forgotten; they were added again later", Assert.Single(report.Notes));
    }

    [Fact]
    public void VerifyReceipt_AlteredReceipt_SaysWhatDiffers()
    {
        var receipt = Model.Forget("subject-1");
        using var key = SigningKey.Load(_trained.Path + ".signing.pem", PhysicalFileLayer.Instance);
        Assert.Equal("the receipt is not what its signature was made for", Difference(receipt with { Records = 4 }));
        Assert.Equal("the receipt names another spec than the model's", Signed(receipt with { SpecDigest = receipt.RootAfter })[0]);
        Assert.Equal(
            ["ledger/00000002.json: says something else than the receipt"],
            Signed(receipt with { Time = receipt.Time.AddMilliseconds(1) }));
        Assert.Equal(["ledger/00000002.json: is not the entry that the receipt names"], Signed(receipt with { LedgerEntry = receipt.RootAfter }));
        Assert.Contains("ledger/00000009.json: is missing, and the receipt names it", Signed(receipt with { LedgerSequence = 9 }));

        var unlisted = receipt with { LedgerSequence = null, LedgerEntry = null, LedgerPrevious = null };
        Assert.Contains("the receipt names no entry of the ledger, though it says that the model changed", Signed(unlisted));
        Assert.Contains(
            "ledger/00000002.json: says something else than the receipt",
            Signed(unlisted with { RootAfter = receipt.SpecDigest, RootBefore = receipt.SpecDigest }));

        var (number, digest) = receipt.Adapters.First(a => a.Digest is not null);
        Assert.Equal(
            [$"adapter {number}: is not the one that the receipt names"],
            Signed(receipt with { Adapters = [new(number, receipt.RootAfter)] }));
        Assert.Equal(["adapter 999: is not the one that the receipt names"], Signed(receipt with { Adapters = [new(999, digest)] }));

        IReadOnlyList<string> Signed(Receipt altered) => Differences(altered.Sign(key));
    }

    [Fact]
    public void VerifyReceipt_OfAnotherModel_DoesNotHold()
    {
        using var other = new TrainedModel();
        Assert.Contains("the receipt is signed with a key that is not among those given", other.Model.VerifyReceipt(Model.Forget("subject-1")).Differences);
    }

    [Fact]
    public void VerifyReceipt_NoPublicKey_DoesNotPassForChecked()
    {
        var receipt = Model.Forget("subject-1");
        File.Delete(_trained.Path + ".signing.pub.pem");
        Assert.Contains("the receipt's signature cannot be checked", Difference(receipt), StringComparison.Ordinal);
        Assert.False(Model.Verify(cancellationToken: TestContext.Current.CancellationToken).SignaturesChecked);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("{\"format\":7}")]
    [InlineData("{\"format\":1,\"operation\":\"train\"}")]
    [InlineData("[[[[[[[[[[[[")]
    public void Parse_SomethingElse_IsRefusedInASentence(string json)
        => Assert.StartsWith("r.json: not a receipt (", Assert.Throws<LegoNetException>(() => Receipt.Parse(json, "r.json")).Message, StringComparison.Ordinal);

    private static Receipt? TryParse(string json)
    {
        try
        {
            return Receipt.Parse(json);
        }
        catch (LegoNetException)
        {
            return null;
        }
    }

    private IReadOnlyList<string> Differences(Receipt receipt) => Model.VerifyReceipt(receipt).Differences;

    private string Difference(Receipt receipt) => Assert.Single(Differences(receipt));

    private string InLedger(int sequence) => Path.Combine(_trained.Path, Ledger.NameOf(sequence));
}
