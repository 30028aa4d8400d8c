using LegoNet.Audit;

namespace LegoNet.Tests.Audit;

/// <summary>Statements as they were signed when the format was made, with a key that was thrown away: whoever keeps one can use it for ever.</summary>
public class SignedStatementTests
{
    private const string PublicKey =
        """
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf8/vb5OHs2klpnXMX7vxEqubOVU2
        hGqXmYSOcJRH+QBWnaT9jHr1/G14hpPHVAo3V4svvuvjnPWwntyrd6TwKw==
        -----END PUBLIC KEY-----
        """;

    private const string Model = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d";

    private const string HowToVerify =
        "Run `legonet verify MODEL --receipt FILE`: it derives every byte of the model from the records that are stored, "
        + "checks this signature and the ledger's, and follows the ledger from rootAfter to the present root.";

    private const string ChangeReceipt =
        $$$"""
        {
          "format": 2,
          "operation": "forget",
          "time": "2026-03-04T05:06:07.089Z",
          "guarantee": "Exact",
          "rootBefore": "4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a",
          "rootAfter": "dbc1b4c900ffe48d575b5da5c638040125f65db0fe3e24494b76ea986457d986",
          "spec": "084fed08b978af4d7d196a7446a86b58009e636b611db16211b65a9aadff29c5",
          "head": {
            "model": "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "sequence": 12,
            "entry": "e52d9c508c502347344d8c07ad91cbd6068afc75ff6292f062a09ca381c89e71"
          },
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
          "signer": "b85a78ef128ff0e596169c44ed8d58fadde5632cd1a8dd746fb639bec05eeae0",
          "signature": "MEUCIQDo6Dr83iQUVd+95leBjF45DILJpueYscv9qOPPLjc/SQIgZihY1ZWNNoEgCde8A+/ew8NaCCIQqXMNs7tu0GvMLJQ="
        }
        """;

    private const string FirstReceipt =
        $$$"""
        {
          "format": 2,
          "operation": "add",
          "time": "2026-03-04T05:06:07.089Z",
          "guarantee": "Exact",
          "rootBefore": "4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a",
          "rootAfter": "dbc1b4c900ffe48d575b5da5c638040125f65db0fe3e24494b76ea986457d986",
          "spec": "084fed08b978af4d7d196a7446a86b58009e636b611db16211b65a9aadff29c5",
          "head": {
            "model": "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "sequence": 1,
            "entry": "e52d9c508c502347344d8c07ad91cbd6068afc75ff6292f062a09ca381c89e71"
          },
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
          "signer": "b85a78ef128ff0e596169c44ed8d58fadde5632cd1a8dd746fb639bec05eeae0",
          "signature": "MEUCIQCtNwoWOul0Kl28YthA74+hrzfF/UtB5DX5E7hF0LfscgIgabhBkdk/7kvlMeDMpa1MPg5g1mkp/XFEaHCy/iN8w1w="
        }
        """;

    private const string ReceiptOfNothing =
        """
        {
          "format": 2,
          "operation": "correct",
          "time": "2026-03-04T05:06:07.089Z",
          "guarantee": "Exact",
          "rootBefore": "dbc1b4c900ffe48d575b5da5c638040125f65db0fe3e24494b76ea986457d986",
          "rootAfter": "dbc1b4c900ffe48d575b5da5c638040125f65db0fe3e24494b76ea986457d986",
          "spec": "084fed08b978af4d7d196a7446a86b58009e636b611db16211b65a9aadff29c5",
          "head": {
            "model": "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "sequence": 21,
            "entry": "2b4c342f5433ebe591a1da77e013d1b72475562d48578dca8b84bac6651c3cb9"
          },
          "records": 0,
          "tags": [],
          "adapters": [],
          "sameCodeElsewhere": 1,
          "forgottenBefore": 2,
          "cachesPurged": 9007199254740993,
          "droppedCaches": [
            "/data/cache ü"
          ],
          "howToVerify": "Prüfe \"<alles>\" & mehr \uD83E\uDDF1\u2028\\",
          "signer": "b85a78ef128ff0e596169c44ed8d58fadde5632cd1a8dd746fb639bec05eeae0",
          "signature": "MEQCIFCzo4GoT9aBc8uq5majIFEqRKfMeV3Ft1HysXdv3ua5AiBdpZmOt+5+lg4CCEMXFp8YcFcBuCxn54UmPsL6NvVw/w=="
        }
        """;

    private const string FirstEntry =
        "{\"format\":2,\"guarantee\":\"Exact\",\"model\":null,\"operation\":\"train\",\"previous\":null,"
        + "\"rootAfter\":\"4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a\",\"rootBefore\":null,\"sequence\":1,"
        + "\"signature\":\"MEQCIBvC/iyWxAEoCYJc1nu75LTiGHoJOPzhl1HHwcv0OUtKAiBrBjq0WDyHa8vfJH8S/NqBol3Efn5aUju/paNOb9BWFw==\","
        + "\"signer\":\"b85a78ef128ff0e596169c44ed8d58fadde5632cd1a8dd746fb639bec05eeae0\","
        + "\"spec\":\"084fed08b978af4d7d196a7446a86b58009e636b611db16211b65a9aadff29c5\",\"tags\":[],\"time\":\"2026-03-04T05:06:07.089Z\"}";

    private const string LaterEntry =
        "{\"caches\":[{\"id\":\"0123456789abcdef\",\"path\":\"/data/cache\"}],\"format\":2,\"guarantee\":\"Exact\","
        + "\"model\":\"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d\",\"operation\":\"forget\","
        + "\"previous\":\"e77b9a9ae9e30b0dbdb6f510a264ef9de781501d7b6b92ae89eb059c5ab743db\","
        + "\"rootAfter\":\"dbc1b4c900ffe48d575b5da5c638040125f65db0fe3e24494b76ea986457d986\","
        + "\"rootBefore\":\"4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a\",\"sequence\":12,"
        + "\"signature\":\"MEQCIH0WMYQw3XA0Se/WrGcY2eOYVD9E5FO3S6mz2bqI30qAAiBoYXse9BOfGBGFvfKFgNvXBHq0JgI+tBukkN0tlIqZ6A==\","
        + "\"signer\":\"b85a78ef128ff0e596169c44ed8d58fadde5632cd1a8dd746fb639bec05eeae0\","
        + "\"spec\":\"084fed08b978af4d7d196a7446a86b58009e636b611db16211b65a9aadff29c5\","
        + "\"tags\":[\"67586e98fad27da0b9968bc039a1ef34c939b9b8e523a8bef89d478608c5ecf6\","
        + "\"ca358758f6d27e6cf45272937977a748fd88391db679ceda7dc7bf1f005ee879:beead77994cf573341ec17b58bbf7eb34d2711c993c1d976b128b3188dc1829a\"],"
        + "\"time\":\"2026-03-04T05:06:07.089Z\"}";

    private const string KeysEntry =
        "{\"format\":2,\"guarantee\":\"Exact\",\"model\":\"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d\","
        + "\"operation\":\"keys\",\"previous\":\"ca358758f6d27e6cf45272937977a748fd88391db679ceda7dc7bf1f005ee879\","
        + "\"replaces\":{\"endorsement\":\"MEQCIB6DN/ofBpImpZgpl4ExKhJz3Ckq8opbYKjL1N4ylLpdAiAezBWkPnJIeptyYRC4j4OIFRi3HeHT2e3HV1OINbMgIA==\","
        + "\"reason\":\"rotated\",\"signer\":\"f3336ab509e3726311db9ecd4880ddb79031f0b1fbd0befcfd44083e4c486893\","
        + "\"successor\":\"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf8/vb5OHs2klpnXMX7vxEqubOVU2hGqXmYSOcJRH+QBWnaT9jHr1/G14hpPHVAo3V4svvuvjnPWwntyrd6TwKw==\"},"
        + "\"rootAfter\":\"e77b9a9ae9e30b0dbdb6f510a264ef9de781501d7b6b92ae89eb059c5ab743db\","
        + "\"rootBefore\":\"e77b9a9ae9e30b0dbdb6f510a264ef9de781501d7b6b92ae89eb059c5ab743db\",\"sequence\":13,"
        + "\"signature\":\"MEQCIHn8e/gxqHb7nAaB4ihtaLBMSSlGery4Tsuhw9mV27fVAiA7/PZHjIvpoyxCmQNz/83+zoaBgorA66LgfFSlKMstiA==\","
        + "\"signer\":\"b85a78ef128ff0e596169c44ed8d58fadde5632cd1a8dd746fb639bec05eeae0\","
        + "\"spec\":\"67586e98fad27da0b9968bc039a1ef34c939b9b8e523a8bef89d478608c5ecf6\",\"tags\":[],\"time\":\"2026-03-04T05:06:07.089Z\"}";

    private const string PruneEntry =
        "{\"droppedCaches\":[{\"id\":\"0123456789abcdef\",\"path\":\"/data/cache\"}],\"format\":2,\"guarantee\":\"Exact\","
        + "\"model\":\"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d\",\"operation\":\"prune\","
        + "\"previous\":\"ca358758f6d27e6cf45272937977a748fd88391db679ceda7dc7bf1f005ee879\","
        + "\"pruned\":{\"digest\":\"beead77994cf573341ec17b58bbf7eb34d2711c993c1d976b128b3188dc1829a\",\"through\":9},"
        + "\"rootAfter\":\"e77b9a9ae9e30b0dbdb6f510a264ef9de781501d7b6b92ae89eb059c5ab743db\","
        + "\"rootBefore\":\"e77b9a9ae9e30b0dbdb6f510a264ef9de781501d7b6b92ae89eb059c5ab743db\",\"sequence\":14,"
        + "\"signature\":\"MEUCIQDwpi2kP2kWwxa/sEF4gbgQlK+I3o6ulQpBEmEoHtq+4gIgfYekzJMn5SauLs4v8eJBmP3LmKDrJ2n4Af+8p7FSLAw=\","
        + "\"signer\":\"b85a78ef128ff0e596169c44ed8d58fadde5632cd1a8dd746fb639bec05eeae0\","
        + "\"spec\":\"67586e98fad27da0b9968bc039a1ef34c939b9b8e523a8bef89d478608c5ecf6\",\"tags\":[],\"time\":\"2026-03-04T05:06:07.089Z\"}";

    private const string Presence =
        """
        {
          "format": 2,
          "kind": "presence",
          "time": "2026-03-04T05:06:07.089Z",
          "subject": {
            "tag": "9d5605a907dbe33a63a0322750a4a3bd8c6ec827cc1fdeea75cf27ddf84ac5c7",
            "digest": "97d463bc88246c766d7a8be86368f12b534bdd71bc7a1034ce8dda33a76c8b89",
            "salt": "ceb629f140a6cad67b1a8dd7990ea3ff"
          },
          "head": {
            "model": "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "sequence": 21,
            "entry": "2b4c342f5433ebe591a1da77e013d1b72475562d48578dca8b84bac6651c3cb9"
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
          "signer": "b85a78ef128ff0e596169c44ed8d58fadde5632cd1a8dd746fb639bec05eeae0",
          "signature": "MEUCIQCvy0fFyVeJkWC1LqduLs3HtdSVVh2fvnmyqUDCl7R2owIgHsiQpAAKglkaEDoqSCPeVcjteJhxPIuWCAHpbxb/RSo="
        }
        """;

    private const string Absence =
        """
        {
          "format": 2,
          "kind": "absence",
          "time": "2026-03-04T05:06:07.089Z",
          "subject": {
            "tag": "dd5605a907dbe33a63a0322750a4a3bd8c6ec827cc1fdeea75cf27ddf84ac5c7",
            "digest": "1f23cdec3111b9c144432fa41a484f6851ba16915fad55ee1cdcb9fa46f79b37",
            "salt": "add1f7de74230f710ae626487b8c3058"
          },
          "head": {
            "model": "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "sequence": 21,
            "entry": "2b4c342f5433ebe591a1da77e013d1b72475562d48578dca8b84bac6651c3cb9"
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
          "signer": "b85a78ef128ff0e596169c44ed8d58fadde5632cd1a8dd746fb639bec05eeae0",
          "signature": "MEQCIH5pRAPhRptR5xYU+N7gJR+vmfvzv1HgwCNhmH6Pc/ugAiBj96Y7SSGmP5pfbs5xlRYrZhYok2UxZEsFfuVtRrsg3g=="
        }
        """;

    private const string AbsenceFromNothing =
        """
        {
          "format": 2,
          "kind": "absence",
          "time": "2026-03-04T05:06:07.089Z",
          "subject": {
            "tag": "9d5605a907dbe33a63a0322750a4a3bd8c6ec827cc1fdeea75cf27ddf84ac5c7",
            "digest": "c1b32dcd95db10a7bcdae4501c954247646f3cc81083f42198dadf0aaa4653cd",
            "salt": "f8a30fe73dd5060dc78bebf73c2963e6"
          },
          "head": {
            "model": "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "sequence": 21,
            "entry": "2b4c342f5433ebe591a1da77e013d1b72475562d48578dca8b84bac6651c3cb9"
          },
          "root": "c75be1251dfd072aa928b806a3c3d95362b9c9c334760be3a48a10c162696502",
          "manifest": "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
          "path": [],
          "end": null,
          "signer": "b85a78ef128ff0e596169c44ed8d58fadde5632cd1a8dd746fb639bec05eeae0",
          "signature": "MEQCIGHaMAPMfTyMkgo6jQMXJMsjX4v/Q1bFBg+dUTU8VunkAiA5yvKP86CvMiUg7t6CdJPB6W5DcpOA6NnqZ1oMmBOu4Q=="
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
    [InlineData(KeysEntry, 13)]
    [InlineData(PruneEntry, 14)]
    public void LedgerEntry_OfOld_HoldsAndIsWrittenAgainAsItWas(string json, int sequence)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(json);
        var entry = LedgerEntry.Parse(bytes, "entry");
        Assert.Null(entry.Refuse(s_keys, Model));
        Assert.Equal(bytes, entry.ToJson());
        Assert.Equal((sequence, sequence == 1), (entry.Sequence, entry.Previous is null));
        Assert.NotNull((entry with { Spec = entry.RootAfter }).Refuse(s_keys, Model));
    }

    [Theory]
    [InlineData(Presence, MembershipKind.Presence, 2)]
    [InlineData(Absence, MembershipKind.Absence, 1)]
    [InlineData(AbsenceFromNothing, MembershipKind.Absence, 0)]
    public void Proof_OfOld_HoldsAndIsWrittenAgainAsItWas(string text, MembershipKind kind, int steps)
    {
        var json = text.ReplaceLineEndings("\n");
        var proof = MembershipProof.Parse(json);
        Assert.Empty(proof.Check(s_keys, new() { Subject = "somebody", Model = Model }).Failures);
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
    [InlineData("\"format\": 2", "\"format\": 3", "it has format 3, and this version reads format 2")]
    [InlineData("\"format\": 2", "\"format\": 2.0", "format must be a whole number")]
    [InlineData("\"records\": 5", "\"records\": 5, \"more\": 1", "more is not a known member here")]
    [InlineData("\"records\": 5", "\"records\": 5, \"$more\": 1", "$more is not a known member here")]
    [InlineData("\"records\": 5", "\"records\": 5, // five", "line 17: not valid JSON")]
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
