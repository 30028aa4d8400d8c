using LegoNet.Audit;

namespace LegoNet.Tests.Audit;

/// <summary>Statements as they were signed when the format was made, with a key that was thrown away: whoever keeps one can use it for ever.</summary>
public class SignedStatementTests
{
    private const string PublicKey =
        """
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEx7fdMxa+gBeLfkYy7xkVRRZNC9tZ
        r13qQiv6misDdNssDLoDbeOJmTvNgQOHEOXx7p9Vs4wY/B5UZMV00PWnQg==
        -----END PUBLIC KEY-----
        """;

    private const string HowToVerify =
        "Run `legonet verify MODEL --receipt FILE`: it derives every byte of the model from the records that are stored, "
        + "checks this signature and the ledger's, and follows the ledger from rootAfter to the present root.";

    private const string ChangeReceipt =
        $$$"""
        {
          "format": 1,
          "operation": "forget",
          "time": "2026-03-04T05:06:07.089Z",
          "guarantee": "Exact",
          "rootBefore": "4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a",
          "rootAfter": "dbc1b4c900ffe48d575b5da5c638040125f65db0fe3e24494b76ea986457d986",
          "spec": "084fed08b978af4d7d196a7446a86b58009e636b611db16211b65a9aadff29c5",
          "ledgerSequence": 12,
          "ledgerEntry": "e52d9c508c502347344d8c07ad91cbd6068afc75ff6292f062a09ca381c89e71",
          "ledgerPrevious": "e77b9a9ae9e30b0dbdb6f510a264ef9de781501d7b6b92ae89eb059c5ab743db",
          "records": 5,
          "tags": [
            "67586e98fad27da0b9968bc039a1ef34c939b9b8e523a8bef89d478608c5ecf6",
            "ca358758f6d27e6cf45272937977a748fd88391db679ceda7dc7bf1f005ee879:beead77994cf573341ec17b58bbf7eb34d2711c993c1d976b128b3188dc1829a"
          ],
          "adapters": [
            {
              "number": 3,
              "digest": "2b4c342f5433ebe591a1da77e013d1b72475562d48578dca8b84bac6651c3cb9"
            },
            {
              "number": 17,
              "digest": null
            }
          ],
          "sameCodeElsewhere": 1,
          "forgottenBefore": 2,
          "cachesPurged": 9007199254740993,
          "howToVerify": "{{{HowToVerify}}}",
          "signer": "0161cc48d921b77a2e066bc59b6ea617e61023b20713af98ffb20404f75b022e",
          "signature": "MEUCIAP37f6D95rcn7DE3j8ll2LvHNhPTuoFIBy6GB32vw9+AiEAqrMooCUj4v/24FvBaNWAErxRaU+OGUwhL+hfSWAVaTg="
        }
        """;

    private const string FirstReceipt =
        $$$"""
        {
          "format": 1,
          "operation": "add",
          "time": "2026-03-04T05:06:07.089Z",
          "guarantee": "Exact",
          "rootBefore": "4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a",
          "rootAfter": "dbc1b4c900ffe48d575b5da5c638040125f65db0fe3e24494b76ea986457d986",
          "spec": "084fed08b978af4d7d196a7446a86b58009e636b611db16211b65a9aadff29c5",
          "ledgerSequence": 1,
          "ledgerEntry": "e52d9c508c502347344d8c07ad91cbd6068afc75ff6292f062a09ca381c89e71",
          "records": 5,
          "tags": [
            "67586e98fad27da0b9968bc039a1ef34c939b9b8e523a8bef89d478608c5ecf6",
            "ca358758f6d27e6cf45272937977a748fd88391db679ceda7dc7bf1f005ee879:beead77994cf573341ec17b58bbf7eb34d2711c993c1d976b128b3188dc1829a"
          ],
          "adapters": [
            {
              "number": 3,
              "digest": "2b4c342f5433ebe591a1da77e013d1b72475562d48578dca8b84bac6651c3cb9"
            },
            {
              "number": 17,
              "digest": null
            }
          ],
          "sameCodeElsewhere": 1,
          "forgottenBefore": 2,
          "cachesPurged": 0,
          "howToVerify": "{{{HowToVerify}}}",
          "signer": "0161cc48d921b77a2e066bc59b6ea617e61023b20713af98ffb20404f75b022e",
          "signature": "MEUCIQCnoxY6Cw4HWRVQD4v8iXixOja+oY/YcZMHQIGOrMGN5gIgQg+/HFdgtAgwYwjpJGA/jUG9LDyksPnM280E6A5G5C8="
        }
        """;

    private const string ReceiptOfNothing =
        """
        {
          "format": 1,
          "operation": "correct",
          "time": "2026-03-04T05:06:07.089Z",
          "guarantee": "Exact",
          "rootBefore": "dbc1b4c900ffe48d575b5da5c638040125f65db0fe3e24494b76ea986457d986",
          "rootAfter": "dbc1b4c900ffe48d575b5da5c638040125f65db0fe3e24494b76ea986457d986",
          "spec": "084fed08b978af4d7d196a7446a86b58009e636b611db16211b65a9aadff29c5",
          "records": 0,
          "tags": [],
          "adapters": [],
          "sameCodeElsewhere": 1,
          "forgottenBefore": 2,
          "cachesPurged": 9007199254740993,
          "howToVerify": "Prüfe \"<alles>\" & mehr \uD83E\uDDF1\u2028\\",
          "signer": "0161cc48d921b77a2e066bc59b6ea617e61023b20713af98ffb20404f75b022e",
          "signature": "MEYCIQD71WVobW0PGAodzSRXK4Z3AY4Wy71k10gXeeohWtbjKQIhAMqK8qdGidffTUyPYzZGKoJKryKMCYWHr5lXxEbbJPzs"
        }
        """;

    private const string FirstEntry =
        "{\"guarantee\":\"Exact\",\"operation\":\"train\",\"previous\":null,"
        + "\"rootAfter\":\"4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a\",\"rootBefore\":null,\"sequence\":1,"
        + "\"signature\":\"MEQCIFZ14FWLTCft3MnVJ39w+3FUvL4PSZ7Bzy5JPNYD4NyeAiAUk1VXIHeob+9CJtrImFHrMYT76nQ9dkQvOxSZsIh5XQ==\","
        + "\"signer\":\"0161cc48d921b77a2e066bc59b6ea617e61023b20713af98ffb20404f75b022e\","
        + "\"spec\":\"084fed08b978af4d7d196a7446a86b58009e636b611db16211b65a9aadff29c5\",\"tags\":[],\"time\":\"2026-03-04T05:06:07.089Z\"}";

    private const string LaterEntry =
        "{\"guarantee\":\"Exact\",\"operation\":\"forget\",\"previous\":\"e77b9a9ae9e30b0dbdb6f510a264ef9de781501d7b6b92ae89eb059c5ab743db\","
        + "\"rootAfter\":\"dbc1b4c900ffe48d575b5da5c638040125f65db0fe3e24494b76ea986457d986\","
        + "\"rootBefore\":\"4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a\",\"sequence\":12,"
        + "\"signature\":\"MEYCIQC5kQnMvuHzyUJmtbt1VXT7mg2CZ/II94wv6TTweWK5AwIhAJcrnTySGiWqEHJ26HAjOrMTHv0J4EO81FjjkStCNqw4\","
        + "\"signer\":\"0161cc48d921b77a2e066bc59b6ea617e61023b20713af98ffb20404f75b022e\","
        + "\"spec\":\"084fed08b978af4d7d196a7446a86b58009e636b611db16211b65a9aadff29c5\","
        + "\"tags\":[\"67586e98fad27da0b9968bc039a1ef34c939b9b8e523a8bef89d478608c5ecf6\","
        + "\"ca358758f6d27e6cf45272937977a748fd88391db679ceda7dc7bf1f005ee879:beead77994cf573341ec17b58bbf7eb34d2711c993c1d976b128b3188dc1829a\"],"
        + "\"time\":\"2026-03-04T05:06:07.089Z\"}";

    private const string Presence =
        """
        {
          "format": 1,
          "kind": "presence",
          "time": "2026-03-04T05:06:07.089Z",
          "subject": {
            "tag": "9d5605a907dbe33a63a0322750a4a3bd8c6ec827cc1fdeea75cf27ddf84ac5c7",
            "digest": "97d463bc88246c766d7a8be86368f12b534bdd71bc7a1034ce8dda33a76c8b89",
            "salt": "ceb629f140a6cad67b1a8dd7990ea3ff"
          },
          "root": "dced8ff5b1b2ba43c9451bb2255abfd185a27170d2d3fb3054a188eadbac5b83",
          "manifest": "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
          "path": [
            {
              "bits": 0,
              "sibling": "8d5d5984c0445db1150b14c9f031ee49a7eec591beba26485a7caa96a96340d5"
            },
            {
              "bits": 80,
              "sibling": "760ed9590ca56d8da4a41b21a7cab382c9e53ac28cd1d051db326b409c0e5ed6"
            }
          ],
          "end": {
            "bits": 256,
            "prefix": "9d5605a907dbe33a63a0322750a4a3bd8c6ec827cc1fdeea75cf27ddf84ac5c7",
            "left": "d15f4faaaa02fab3e5239fa21280f613d0ac714497620a9764508576051b4890",
            "right": "e6a0f02ecb8e27bfc818c6c0e7c86f5c2b1d8fc8014b237c03690cce7d6703a2"
          },
          "signer": "0161cc48d921b77a2e066bc59b6ea617e61023b20713af98ffb20404f75b022e",
          "signature": "MEUCIQC0xfMzqDQUVFrP25hjNtUhGUul57ieQBgyIxCZstTLCwIgO6zKJsDWg9UurU2+qzde2k7bH0+AAQUBUq0eSA+SneA="
        }
        """;

    private const string Absence =
        """
        {
          "format": 1,
          "kind": "absence",
          "time": "2026-03-04T05:06:07.089Z",
          "subject": {
            "tag": "dd5605a907dbe33a63a0322750a4a3bd8c6ec827cc1fdeea75cf27ddf84ac5c7",
            "digest": "1f23cdec3111b9c144432fa41a484f6851ba16915fad55ee1cdcb9fa46f79b37",
            "salt": "add1f7de74230f710ae626487b8c3058"
          },
          "root": "dced8ff5b1b2ba43c9451bb2255abfd185a27170d2d3fb3054a188eadbac5b83",
          "manifest": "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
          "path": [
            {
              "bits": 0,
              "sibling": "8d5d5984c0445db1150b14c9f031ee49a7eec591beba26485a7caa96a96340d5"
            }
          ],
          "end": {
            "bits": 80,
            "prefix": "9d5605a907dbe33a63a0",
            "left": "10dbc2e48b5c9c6abbe9931f9394ebf19dc9ef57da6533da5f9f82caeb9232d3",
            "right": "760ed9590ca56d8da4a41b21a7cab382c9e53ac28cd1d051db326b409c0e5ed6"
          },
          "signer": "0161cc48d921b77a2e066bc59b6ea617e61023b20713af98ffb20404f75b022e",
          "signature": "MEUCIQDOCDrb5XC56RWFRrFKnsYvkJR62pL1ElU+9ftSzJmI0AIgfbqVaxe7wnfsPg2WXEvMWqs0RUtbl/akiO99RoIAx40="
        }
        """;

    private const string AbsenceFromNothing =
        """
        {
          "format": 1,
          "kind": "absence",
          "time": "2026-03-04T05:06:07.089Z",
          "subject": {
            "tag": "9d5605a907dbe33a63a0322750a4a3bd8c6ec827cc1fdeea75cf27ddf84ac5c7",
            "digest": "c1b32dcd95db10a7bcdae4501c954247646f3cc81083f42198dadf0aaa4653cd",
            "salt": "f8a30fe73dd5060dc78bebf73c2963e6"
          },
          "root": "c75be1251dfd072aa928b806a3c3d95362b9c9c334760be3a48a10c162696502",
          "manifest": "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
          "path": [],
          "end": null,
          "signer": "0161cc48d921b77a2e066bc59b6ea617e61023b20713af98ffb20404f75b022e",
          "signature": "MEUCIQDdbZ9WvZUIhsqnOQBLjRqOPxKx2qMGAlu6oH8EMKuvbwIga8rUUPxhvES/THANA5wKWIWL8SucxY2wVtMjbU5a8mw="
        }
        """;

    private static readonly IReadOnlyList<VerificationKey> s_keys = VerificationKey.Parse(PublicKey);

    [Theory]
    [InlineData(ChangeReceipt)]
    [InlineData(FirstReceipt)]
    [InlineData(ReceiptOfNothing)]
    public void Receipt_OfOld_HoldsAndIsWrittenAgainAsItWas(string text)
    {
        var json = text.ReplaceLineEndings("\n");
        var receipt = Receipt.Parse(json);
        Assert.True(receipt.Verify(s_keys));
        Assert.Equal(json, receipt.ToJson());
        Assert.Equal(new DateTimeOffset(2026, 3, 4, 5, 6, 7, 89, TimeSpan.Zero), receipt.Time);
        Assert.False((receipt with { Records = receipt.Records + 1 }).Verify(s_keys));
    }

    [Fact]
    public void Receipt_OfOld_SaysWhatItSaid()
    {
        var receipt = Receipt.Parse(ChangeReceipt);
        Assert.Equal(("forget", 12, 5L), (receipt.Operation, receipt.LedgerSequence, receipt.Records));
        Assert.Equal((1L, 2L, 9_007_199_254_740_993), (receipt.SameCodeElsewhere, receipt.ForgottenBefore, receipt.CachesPurged));
        Assert.Equal([new(3, "2b4c342f5433ebe591a1da77e013d1b72475562d48578dca8b84bac6651c3cb9"), new(17, null)], receipt.Adapters);
        Assert.Equal([64, 129], receipt.Tags.Select(t => t.Length));
    }

    [Theory]
    [InlineData(FirstEntry, 1)]
    [InlineData(LaterEntry, 12)]
    public void LedgerEntry_OfOld_HoldsAndIsWrittenAgainAsItWas(string json, int sequence)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(json);
        var entry = LedgerEntry.Parse(bytes, "entry");
        Assert.Null(entry.Refuse(s_keys));
        Assert.Equal(bytes, entry.ToJson());
        Assert.Equal((sequence, sequence == 1), (entry.Sequence, entry.Previous is null));
        Assert.NotNull((entry with { RootBefore = entry.RootAfter }).Refuse(s_keys));
    }

    [Theory]
    [InlineData(Presence, MembershipKind.Presence, 2)]
    [InlineData(Absence, MembershipKind.Absence, 1)]
    [InlineData(AbsenceFromNothing, MembershipKind.Absence, 0)]
    public void Proof_OfOld_HoldsAndIsWrittenAgainAsItWas(string text, MembershipKind kind, int steps)
    {
        var json = text.ReplaceLineEndings("\n");
        var proof = MembershipProof.Parse(json);
        Assert.Empty(proof.Check(s_keys, subject: "somebody").Failures);
        Assert.Equal(json, proof.ToJson());
        Assert.Equal((kind, steps), (proof.Kind, proof.Steps));
    }

    [Fact]
    public void Parse_StatementOfAnotherKind_IsRefused()
    {
        Assert.Throws<LegoNetException>(() => Receipt.Parse(LaterEntry));
        Assert.Throws<LegoNetException>(() => Receipt.Parse(Presence));
        Assert.Throws<LegoNetException>(() => MembershipProof.Parse(ChangeReceipt));
        Assert.Throws<LegoNetException>(() => LedgerEntry.Parse(System.Text.Encoding.UTF8.GetBytes(ChangeReceipt), "entry"));
    }

    [Theory]
    [InlineData("\"format\": 1", "\"format\": 2", "it has format 2, and this version reads format 1")]
    [InlineData("\"format\": 1", "\"format\": 1.0", "format must be a whole number")]
    [InlineData("\"records\": 5", "\"records\": 5, \"more\": 1", "more is not a known member here")]
    [InlineData("\"records\": 5", "\"records\": 5, \"$more\": 1", "$more is not a known member here")]
    [InlineData("\"records\": 5", "\"records\": 5, // five", "line 12: not valid JSON")]
    [InlineData("\"records\": 5", "\"records\": 5, \"records\": 5", "records is given twice")]
    [InlineData("\"number\": 17", "\"number\": 17, \"number\": 17", "adapters[1].number is given twice")]
    [InlineData("\"number\": 17", "\"number\": 70000", "adapters[1].number must be a whole number")]
    [InlineData("\"forget\"", "\"train\"", "operation must be one of forget, add, correct, not \"train\"")]
    [InlineData("\"Exact\"", "\"Approximate\"", "guarantee must be one of Exact")]
    [InlineData("\"ledgerSequence\": 12,", "", "it names the ledger's entry by half")]
    [InlineData("\"ledgerPrevious\": \"", "\"ledgerPrevious\": null, \"x\": \"", "ledgerPrevious must be a string")]
    [InlineData("089Z", "089+00:00", "time must be a time in UTC")]
    [InlineData("67586e98", "6758", "tags has an item that is no tag")]
    public void Receipt_Altered_IsRefusedWithTheReason(string before, string after, string reason)
    {
        Assert.Contains(before, ChangeReceipt, StringComparison.Ordinal);
        var altered = ChangeReceipt.Replace(before, after, StringComparison.Ordinal);
        var message = Assert.Throws<LegoNetException>(() => Receipt.Parse(altered, "r.json")).Message;
        Assert.StartsWith("r.json: not a receipt (", message, StringComparison.Ordinal);
        Assert.Contains(reason, message, StringComparison.Ordinal);
    }
}
