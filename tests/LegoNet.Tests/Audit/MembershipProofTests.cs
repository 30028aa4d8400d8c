using System.Diagnostics;
using System.Text.Json.Nodes;
using LegoNet.Audit;
using LegoNet.Files;
using LegoNet.Records;
using LegoNet.Tests.Support;

namespace LegoNet.Tests.Audit;

public class MembershipProofTests
{
    private static readonly VerificationKey[] s_keys = [KeyedStore.SigningKey.PublicKey];

    [Theory]
    [InlineData(0, 20)]
    [InlineData(1, 20)]
    [InlineData(2, 20)]
    [InlineData(7, 20)]
    [InlineData(60, 5)]
    [InlineData(4000, 1)]
    public void Prove_PresentAndAbsentSubjects_HoldsAndSaysWhich(int count, int stores)
    {
        for (var seed = 0; seed < stores; seed++)
        {
            using var store = new KeyedStore(DrawnKeys.Draw(count, seed));
            var present = store.Keys.Select(k => Convert.ToHexString(KeyedStore.SubjectTag(k))).ToHashSet();
            var step = Math.Max(1, present.Count / 40);
            foreach (var tag in present.Where((_, i) => i % step == 0).Select(Convert.FromHexString))
            {
                AssertHolds(store, tag, MembershipKind.Presence);
                foreach (var bit in (int[])[0, 1, 7, 8, 31, 100, 254, 255])
                {
                    var near = DrawnKeys.Flip(tag, bit);
                    AssertHolds(store, near, present.Contains(Convert.ToHexString(near)) ? MembershipKind.Presence : MembershipKind.Absence);
                }
            }

            AssertHolds(store, new byte[RecordKey.TagBytes], MembershipKind.Absence);
            AssertHolds(store, [.. Enumerable.Repeat((byte)0xFF, RecordKey.TagBytes)], MembershipKind.Absence);
        }
    }

    [Fact]
    public void Prove_EveryTagThatDiffersInOneBit_IsProvenAbsent()
    {
        using var store = new KeyedStore(DrawnKeys.Draw(30, 3));
        var present = store.Keys.Select(k => Convert.ToHexString(KeyedStore.SubjectTag(k))).ToHashSet();
        foreach (var tag in present.Select(Convert.FromHexString))
        {
            for (var bit = 0; bit < TagTree.TagBits; bit++)
            {
                var near = DrawnKeys.Flip(tag, bit);
                var (path, end) = store.Descend(near);
                Assert.Equal(present.Contains(Convert.ToHexString(near)), end!.BelongsTo(near));
                Assert.NotEqual(end.BelongsTo(near), end.TurnsFrom(near));
                Assert.All(path, step => Assert.InRange(step.Bits, 0, TagTree.TagBits - 1));
            }
        }
    }

    [Fact]
    public void Prove_SubjectWithMoreRecordsThanASegment_IsPresentAndOthersNearItAreNot()
    {
        var subject = Enumerable.Range(1, RecordKey.TagBytes).Select(i => (byte)i).ToArray();
        var keys = Enumerable.Range(0, 50).Select(i => new RecordKey(subject, [(byte)(i * 5), .. new byte[31]]));
        using var only = new KeyedStore(keys);
        AssertHolds(only, subject, MembershipKind.Presence);
        AssertHolds(only, DrawnKeys.Flip(subject, 255), MembershipKind.Absence);
        AssertHolds(only, DrawnKeys.Flip(subject, 0), MembershipKind.Absence);
        using var among = new KeyedStore(keys.Concat(DrawnKeys.Draw(100, 5)));
        AssertHolds(among, subject, MembershipKind.Presence);
        AssertHolds(among, DrawnKeys.Flip(subject, 255), MembershipKind.Absence);
    }

    [Fact]
    public void Prove_ManyRecords_IsShort()
    {
        using var store = new KeyedStore(DrawnKeys.Draw(4000, 9), segmentRows: 256);
        Assert.InRange(store.Prove(KeyedStore.SubjectTag(store.Keys[1234])).ToJson().Length, 1000, 5000);
    }

    [Fact]
    public void Parse_AnyByteOfAProofChanged_IsRefusedFailsOrMeansTheSame()
    {
        using var store = new KeyedStore(DrawnKeys.Draw(12, 2));
        using var empty = new KeyedStore([]);
        var present = KeyedStore.SubjectTag(store.Keys[5]);
        var same = 0;
        var (near, nearer) = (DrawnKeys.Flip(present, 3), DrawnKeys.Flip(present, 255));
        foreach (var proof in (MembershipProof[])[store.Prove(present), store.Prove(near), store.Prove(nearer), empty.Prove(present)])
        {
            var json = proof.ToJson();
            Assert.True(MembershipProof.Parse(json).Check(s_keys).Holds);
            for (var i = 0; i < json.Length; i++)
            {
                foreach (var changed in (char[])[(char)(json[i] ^ 1), (char)(json[i] ^ 0x20), '0', ' ', '"', '}', 'é'])
                {
                    if (changed == json[i])
                    {
                        continue;
                    }

                    var altered = $"{json[..i]}{changed}{json[(i + 1)..]}";
                    if (TryParse(altered) is { } parsed && parsed.Check(s_keys).Holds)
                    {
                        Assert.Equal(json, parsed.ToJson()); // White space.
                        same++;
                    }
                }

                Assert.False(TryParse(json.Remove(i, 1)) is { } cut && cut.Check(s_keys).Holds && cut.ToJson() != json);
            }
        }

        Assert.NotEqual(0, same);
    }

    [Fact]
    public void Check_AnyMemberChangedAndSignedAgain_Fails()
    {
        // The signer's signature is no help: what is shown is shown by the hashes.
        using var store = new KeyedStore(DrawnKeys.Draw(12, 2));
        var present = KeyedStore.SubjectTag(store.Keys[5]);
        foreach (var tag in (byte[][])[present, DrawnKeys.Flip(present, 2), DrawnKeys.Flip(present, 255)])
        {
            var proof = store.Prove(tag);
            var changes = 0;
            Alter(JsonNode.Parse(proof.ToJson())!, altered =>
            {
                if (TryParse(altered.ToJsonString()) is { } parsed)
                {
                    Assert.False(parsed.Sign(KeyedStore.SigningKey).Check(s_keys).Holds, altered.ToJsonString());
                    changes++;
                }
            });
            Assert.InRange(changes, 10, 10000);
        }
    }

    [Fact]
    public void Check_OtherKind_Fails()
    {
        using var store = new KeyedStore(DrawnKeys.Draw(20, 4));
        using var empty = new KeyedStore([]);
        var tag = KeyedStore.SubjectTag(store.Keys[3]);
        foreach (var proof in (MembershipProof[])[store.Prove(tag), store.Prove(DrawnKeys.Flip(tag, 0)), empty.Prove(tag)])
        {
            var node = JsonNode.Parse(proof.ToJson())!;
            node["kind"] = proof.Kind == MembershipKind.Presence ? "absence" : "presence";
            var swapped = MembershipProof.Parse(node.ToJsonString());
            Assert.Contains("is not what its signature was made for", Failures(swapped), StringComparison.Ordinal);
            Assert.Contains("does not show what the proof says", Failures(swapped.Sign(KeyedStore.SigningKey)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Check_ProofOfAnotherRoot_Fails()
    {
        var keys = DrawnKeys.Draw(40, 6);
        using var before = new KeyedStore(keys);
        using var after = new KeyedStore(keys.Skip(1));
        var tag = KeyedStore.SubjectTag(keys[0]);
        Assert.NotEqual(before.Root, after.Root);
        foreach (var (store, other) in ((KeyedStore, KeyedStore)[])[(before, after), (after, before)])
        {
            var proof = store.Prove(tag);
            Assert.True(proof.Check(s_keys, new() { RootDigest = store.Root.ToUpperInvariant() }).Holds);
            var elsewhere = proof.Check(s_keys, new() { RootDigest = other.Root });
            Assert.Contains($"not about root {other.Root}", Assert.Single(elsewhere.Failures), StringComparison.Ordinal);

            var node = JsonNode.Parse(proof.ToJson())!;
            node["root"] = other.Root;
            var moved = MembershipProof.Parse(node.ToJsonString()).Sign(KeyedStore.SigningKey);
            Assert.Contains("does not lead to the proof's root", Failures(moved), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Check_SignersForgeries_AllFail()
    {
        // The signer wants to show that a stored subject is absent, under the true root, with everything there is in the tree:
        // each way down to any node, each of it cut short at any branch, and ends put together from others' parts.
        using var store = new KeyedStore(DrawnKeys.Draw(14, 8));
        var tags = store.Keys.Select(k => Convert.ToHexString(KeyedStore.SubjectTag(k))).Distinct().Select(Convert.FromHexString).ToArray();
        var probes = tags.Concat(tags.SelectMany(t => Enumerable.Range(0, 24).Select(b => DrawnKeys.Flip(t, b)))).ToArray();
        var ways = probes.Select(store.Descend).ToArray();
        TagEnd?[] ends = [null, .. ways.Select(w => w.End).Concat(ways.SelectMany(Branches)).DistinctBy(e => Convert.ToHexString(e!.Hash()))];
        var paths = ways.SelectMany(w => Enumerable.Range(0, w.Path.Count + 1).Select(n => w.Path[..n]))
            .DistinctBy(p => string.Join(' ', p.Select(s => $"{s.Bits} {Convert.ToHexString(s.Sibling)}"))).ToArray();
        var forged = 0;
        foreach (var victim in tags)
        {
            foreach (var path in paths)
            {
                foreach (var end in ends)
                {
                    Assert.False(Holds(store, victim, "absence", path, end));
                    forged++;
                }
            }
        }

        Assert.True(forged > 3_000, $"{forged}");

        // Nor can one who is not stored be shown to be, with another's leaf or branch.
        foreach (var absent in tags.Select(t => DrawnKeys.Flip(t, 200)).Where(t => !store.Descend(t).End!.BelongsTo(t)))
        {
            Assert.All(ways, way => Assert.False(Holds(store, absent, "presence", way.Path, way.End)));
        }
    }

    [Fact]
    public void Check_LeafPassedOffAsABranchAndBack_Fails()
    {
        // A branch's hash as a leaf's, and a leaf's as a branch's: the first byte tells them apart.
        var tag = KeyedStore.SubjectTag(DrawnKeys.Draw(1, 1)[0]);
        using var store = new KeyedStore([new RecordKey(tag, tag), new RecordKey(DrawnKeys.Flip(tag, 5), tag)]);
        var (path, end) = store.Descend(tag);
        var leaf = Assert.IsType<TagLeaf>(end);
        var hash = new byte[TagTree.HashBytes];
        TagTree.HashLeaf(leaf.Tag, leaf.Salt, hash);
        Assert.NotEqual(hash, System.Security.Cryptography.SHA256.HashData([.. leaf.Tag, .. leaf.Salt]));
        var top = new TagBranch(path[0].Bits, TagBranch.Cut(tag, path[0].Bits), hash, path[0].Sibling);
        Assert.False(Holds(store, tag, "absence", [], top));
        Assert.False(Holds(store, tag, "absence", [], new TagLeaf(path[0].Sibling, leaf.Salt)));
    }

    [Fact]
    public void Check_AnotherKeyOrNone_Fails()
    {
        using var store = new KeyedStore(DrawnKeys.Draw(5, 1));
        using var other = SigningKey.CreateRandom();
        var proof = store.Prove(KeyedStore.SubjectTag(store.Keys[0]));
        Assert.Equal("The proof is signed with a key that is not among those given.", Assert.Single(proof.Check([other.PublicKey]).Failures));
        Assert.False(proof.Check([]).Holds);
        Assert.True(proof.Check([other.PublicKey, .. s_keys]).Holds);

        // Under the other key's name it does not hold either.
        var node = JsonNode.Parse(proof.ToJson())!;
        node["signer"] = other.PublicKey.Fingerprint;
        var renamed = MembershipProof.Parse(node.ToJsonString());
        Assert.Equal("The proof is not what its signature was made for.", Assert.Single(renamed.Check([other.PublicKey]).Failures));
    }

    [Fact]
    public void Check_SubjectsName_IsConfirmedAndNotReadable()
    {
        using var store = new KeyedStore(DrawnKeys.Draw(5, 1));
        var proof = store.Prove(KeyedStore.SubjectTag(store.Keys[0]));
        Assert.DoesNotContain("somebody", proof.ToJson(), StringComparison.Ordinal);
        Assert.Contains("The signer states this of the subject that you named.", proof.Check(s_keys, new() { Subject = "somebody" }).Proven);
        var another = proof.Check(s_keys, new() { Subject = "somebody else" });
        Assert.Equal("The proof is about another subject than the one named.", Assert.Single(another.Failures));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"format\":2}")]
    [InlineData("{\"format\":1e0}")]
    [InlineData("{\"format\":1,\"format\":1}")]
    [InlineData("{\"format\":1,\"form\\u0061t\":1}")]
    public void Parse_SomethingElse_IsRefusedInASentence(string json)
    {
        var error = Assert.Throws<LegoNetException>(() => MembershipProof.Parse(json, "p.json"));
        Assert.StartsWith("p.json: not a membership proof (", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_HostileInput_IsRefusedAtOnce()
    {
        using var store = new KeyedStore(DrawnKeys.Draw(5, 1));
        var json = store.Prove(KeyedStore.SubjectTag(store.Keys[0])).ToJson();
        var watch = Stopwatch.StartNew();
        Refused(new string('[', 100_000));
        Refused(string.Concat(Enumerable.Repeat("{\"end\":", 10_000)));
        Refused(json + new string(' ', 1 << 17));
        Refused("{\"format\":\"\uD800\"}");
        Refused(With("more", 1));
        Refused(With("path", new JsonArray([.. Enumerable.Range(0, 300).Select(i => (JsonNode)Step(i % 256))])));
        Refused(With("path", new JsonArray(Step(3), Step(3))));
        Refused(With("path", new JsonArray(Step(-1))));
        Refused(With("path", new JsonArray(Step(256))));
        Refused(With("end", new JsonObject { ["bits"] = 3, ["prefix"] = "ff", ["left"] = Hash(), ["right"] = Hash() }));
        Refused(With("end", new JsonObject { ["bits"] = 512, ["prefix"] = new string('f', 128), ["left"] = Hash(), ["right"] = Hash() }));
        Refused(With("end", new JsonObject { ["bits"] = 8, ["prefix"] = "FF", ["left"] = Hash(), ["right"] = Hash() }));
        Refused(With("end", new JsonObject { ["tag"] = Hash(), ["salt"] = "00" }));
        Refused(With("root", Hash()[..63]));
        Refused(With("time", "2026-11-21T07:01:02Z"));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"{watch.Elapsed}");

        string With(string name, JsonNode value)
        {
            var node = JsonNode.Parse(json)!.AsObject();
            node[name] = value;
            return node.ToJsonString();
        }

        static JsonObject Step(int bits) => new() { ["bits"] = bits, ["sibling"] = Hash() };
        static string Hash() => new('a', 64);
        static void Refused(string text) => Assert.Equal(LegoNetError.BadInput, Assert.Throws<LegoNetException>(() => MembershipProof.Parse(text)).Error);
    }

    [Fact]
    public void Prove_Model_FollowsEveryChange()
    {
        using var trained = new TrainedModel();
        AssertProof("subject-2", MembershipKind.Presence);
        AssertProof("nobody", MembershipKind.Absence);
        var receipt = trained.Model.Forget("subject-2");
        var proof = AssertProof("subject-2", MembershipKind.Absence);
        Assert.Equal(receipt.RootAfter, proof.RootDigest);
        Assert.True(proof.Check(
            trained.Model.VerificationKeys,
            new() { Receipt = receipt, RootDigest = receipt.RootAfter, Subject = "subject-2", Model = receipt.Head.Model }).Holds);
        ForgetTarget[] others = [.. Enumerable.Range(0, TrainedModel.Subjects).Where(i => i != 2).Select(i => new ForgetTarget($"subject-{i}"))];
        trained.Model.Forget(others, cancellationToken: TestContext.Current.CancellationToken);
        AssertProof("subject-3", MembershipKind.Absence);
        var late = AssertProof("subject-2", MembershipKind.Absence).Check(trained.Model.VerificationKeys, new() { Receipt = receipt });
        Assert.True(late.Holds);
        Assert.Contains("That the ledger leads from the receipt's change (entry 2) to the state of the proof.", late.SignersWord);
        trained.Model.Add(trained.Records(2), cancellationToken: TestContext.Current.CancellationToken);
        AssertProof("subject-2", MembershipKind.Presence);

        MembershipProof AssertProof(string subject, MembershipKind kind)
        {
            var made = MembershipProof.Parse(trained.Model.Prove(subject).ToJson());
            Assert.Equal(kind, made.Kind);
            Assert.Equal(trained.Model.RootDigest, made.RootDigest);
            Assert.Equal(trained.Model.Inspect(subject).Tag, made.SubjectTag);
            Assert.Empty(made.Check(trained.Model.VerificationKeys, new() { RootDigest = trained.Model.RootDigest, Subject = subject }).Failures);
            return made;
        }
    }

    [Fact]
    public void Check_PresenceUnderAReceiptThatSaysForgotten_Fails()
    {
        // Not even where the signer puts it together: a script that looks at the exit code must not take it for an erasure.
        using var trained = new TrainedModel();
        var present = trained.Model.Prove("subject-1");
        using var key = SigningKey.Load(trained.Path + ".signing.pem", PhysicalFileLayer.Instance);
        var forgot = trained.Model.Forget("subject-1");
        var receipt = (forgot with { RootAfter = present.RootDigest, LedgerSequence = present.Head.Sequence }).Sign(key);
        Assert.Equal(
            "The receipt says that everything under the proof's tag was forgotten, and the proof shows a record under it.",
            Assert.Single(present.Check(trained.Model.VerificationKeys, new() { Receipt = receipt }).Failures));
    }

    [Fact]
    public void Check_ReceiptOfAnotherSubjectOrAnAlteredOne_Fails()
    {
        using var trained = new TrainedModel();
        var one = trained.Model.Forget("subject-1");
        var two = trained.Model.Forget("subject-2");
        var proof = trained.Model.Prove("subject-1");
        var keys = trained.Model.VerificationKeys;
        Assert.Contains("The receipt does not name the proof's tag.", proof.Check(keys, new() { Receipt = two }).Failures);
        Assert.Contains(
            "The receipt is not what its signature was made for.",
            proof.Check(keys, new() { Receipt = one with { RootAfter = proof.RootDigest } }).Failures);
    }

    private static void AssertHolds(KeyedStore store, byte[] tag, MembershipKind kind)
    {
        var proof = MembershipProof.Parse(store.Prove(tag).ToJson());
        Assert.Equal(kind, proof.Kind);
        var report = proof.Check(s_keys, new() { RootDigest = store.Root });
        Assert.Empty(report.Failures);
        Assert.NotEmpty(report.Proven);
        Assert.NotEmpty(report.SignersWord);
    }

    private static bool Holds(KeyedStore store, byte[] tag, string kind, IReadOnlyList<TagStep> path, TagEnd? end)
    {
        // Made as Create makes it, and then said to be of the wanted kind; parsed, so that what a file cannot say is not tried.
        var (time, head, key) = (DateTimeOffset.UnixEpoch, KeyedStore.Head, KeyedStore.SigningKey);
        var proof = MembershipProof.Create("x", tag, time, head, store.Root, KeyedStore.Manifest, path, end, key);
        var made = JsonNode.Parse(proof.ToJson())!;
        made["kind"] = kind;
        return TryParse(made.ToJsonString()) is { } parsed && parsed.WrongWay() is null;
    }

    private static IEnumerable<TagEnd> Branches((List<TagStep> Path, TagEnd? End) way)
    {
        // Every branch of the way as an end: hashes of its sides from the one below, which the way itself gives.
        var hash = way.End!.Hash();
        var tag = way.End is TagLeaf leaf ? leaf.Tag : [.. ((TagBranch)way.End).Prefix, .. new byte[64]];
        foreach (var step in Enumerable.Reverse(way.Path))
        {
            var right = TagTree.BitOf(tag, step.Bits);
            var branch = new TagBranch(step.Bits, TagBranch.Cut(tag, step.Bits), right ? step.Sibling : hash, right ? hash : step.Sibling);
            hash = branch.Hash();
            yield return branch;
        }
    }

    // Every value that says where the way goes changed in turn, and every branch left out. (Whom the signer speaks of is not among
    // them: where one tag is absent, so are those beside it, and a proof says so with good reason.)
    private static void Alter(JsonNode root, Action<JsonNode> check)
    {
        foreach (var path in Paths(root, []))
        {
            foreach (var change in (Func<JsonNode, JsonNode?>[])[Bump, FlipFirst, FlipLast])
            {
                var copy = root.DeepClone();
                JsonNode parent = copy;
                foreach (var part in path[..^1])
                {
                    parent = part is int i ? parent[i]! : parent[(string)part]!;
                }

                var name = path[^1];
                var value = name is int index ? parent[index] : parent[(string)name];
                if (value is JsonValue && name is not ("signature" or "signer" or "time" or "digest") && path[0] is not ("subject" or "head")
                    && change(value) is { } changed)
                {
                    if (name is int place)
                    {
                        parent[place] = changed;
                    }
                    else
                    {
                        parent[(string)name] = changed;
                    }

                    check(copy);
                }
            }
        }

        var steps = root["path"]!.AsArray();
        for (var i = 0; i < steps.Count; i++)
        {
            var copy = root.DeepClone();
            copy["path"]!.AsArray().RemoveAt(i);
            check(copy);
        }
    }

    private static IEnumerable<object[]> Paths(JsonNode node, object[] path) => node switch
    {
        JsonObject members => members.Where(m => m.Value is not null).SelectMany(m => Paths(m.Value!, [.. path, m.Key])),
        JsonArray items => items.SelectMany((item, i) => Paths(item!, [.. path, i])),
        _ => [path],
    };

    private static JsonNode? Bump(JsonNode value) => value.GetValueKind() == System.Text.Json.JsonValueKind.Number ? value.GetValue<int>() + 1 : null;

    private static JsonNode? FlipFirst(JsonNode value) => FlipAt(value, 0);

    private static JsonNode? FlipLast(JsonNode value) => FlipAt(value, ^1);

    private static JsonNode? FlipAt(JsonNode value, Index place)
    {
        if (value.GetValueKind() != System.Text.Json.JsonValueKind.String
            || value.GetValue<string>() is not { Length: > 0 } text
            || !text.All(char.IsAsciiHexDigitLower))
        {
            return null;
        }

        var digits = text.ToCharArray();
        digits[place] = digits[place] == '0' ? '8' : '0';
        return new string(digits);
    }

    private static string Failures(MembershipProof proof) => string.Join('\n', proof.Check(s_keys).Failures);

    private static MembershipProof? TryParse(string json)
    {
        try
        {
            return MembershipProof.Parse(json);
        }
        catch (LegoNetException)
        {
            return null;
        }
    }
}
