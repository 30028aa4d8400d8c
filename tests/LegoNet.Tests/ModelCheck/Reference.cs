using LegoNet.Audit;

namespace LegoNet.Tests.ModelCheck;

/// <summary>What is true of a model, in memory and plainly: what is stored, who was forgotten when, and which keys are to be believed.</summary>
internal sealed class Reference
{
    public SortedDictionary<Identity, Content> Records { get; private init; } = new(Comparer<Identity>.Create((a, b) => (a.Subject, a.Id).CompareTo((b.Subject, b.Id))));

    /// <summary>The entries that are left, oldest first.</summary>
    public List<Line> Ledger { get; private init; } = [];

    public List<Key> Keys { get; private init; } = [];

    public string Model { get; set; } = "";

    public int PrunedThrough { get; set; }

    /// <summary>The caches that the newest entry lists.</summary>
    public List<CacheEntry> ListedCaches { get; private set; } = [];

    /// <summary>The caches that the list beside the model has.</summary>
    public List<CacheEntry> CachesBeside { get; set; } = [];

    /// <summary>The caches that a forget must purge.</summary>
    public CacheEntry[] Caches =>
    [
        .. ListedCaches.Select(c => CachesBeside.Find(b => b.Number == c.Number) is { Place: not null } beside ? beside : c),
        .. CachesBeside.Where(b => ListedCaches.All(c => c.Number != b.Number) && !WasDropped(b.Number)),
    ];

    public Line Head => Ledger[^1];

    public string Root => Head.RootAfter;

    public Reference Clone() => new()
    {
        Records = new SortedDictionary<Identity, Content>(Records, Records.Comparer),
        Ledger = [.. Ledger],
        Keys = [.. Keys],
        Model = Model,
        PrunedThrough = PrunedThrough,
        ListedCaches = [.. ListedCaches],
        CachesBeside = [.. CachesBeside],
    };

    public IEnumerable<Identity> Covered(IEnumerable<Target> targets) => Records.Keys.Where(r => targets.Any(t => t.Covers(r)));

    public bool IsStored(Target target) => Records.Keys.Any(target.Covers);

    /// <summary>Whether the ledger still says that a record was forgotten once.</summary>
    public bool WasForgotten(Identity record) => Ledger.Any(line => line.Operation == Operations.Forget && line.Targets.Any(t => t.Covers(record)));

    public bool WasDropped(int cache) => Ledger.Any(line => line.Dropped.Any(d => d.Number == cache));

    /// <summary>A change of records writes down which caches are registered, and which are given up.</summary>
    public void ListCaches(IReadOnlyCollection<CacheEntry> dropped)
    {
        ListedCaches = [.. Caches.Except(dropped)];
        CachesBeside.RemoveAll(b => dropped.Any(d => d.Number == b.Number));
    }

    public void RegisterCache(CacheEntry cache)
    {
        ListedCaches = [.. Caches.Where(c => c.Number != cache.Number), cache];
        CachesBeside.RemoveAll(b => b.Number == cache.Number);
        CachesBeside.Add(cache);
    }

    /// <summary>The one forget that did what is asked for again; null where there is none.</summary>
    public Line? DoneBefore(IReadOnlySet<Target> asked, bool ignoreUnknown)
    {
        Line[] parts = [.. Ledger.Where(line => line.Operation == Operations.Forget && line.Targets.Count > 0 && line.Targets.IsSubsetOf(asked))];
        var known = parts.SelectMany(line => line.Targets).ToHashSet();
        return ignoreUnknown || known.Count == asked.Count ? parts.LastOrDefault(line => line.Targets.SetEquals(known)) : null;
    }

    public bool IsTrusted(string key, int sequence) => Keys.Any(k => k.Name == key && !k.IsStolen && sequence >= k.First && sequence <= k.Last);

    /// <summary>Another key signs from the next entry on.</summary>
    public void ChangeKey(string next, bool isStolen)
    {
        Keys[^1] = Keys[^1] with { Last = Head.Sequence, IsStolen = isStolen };
        Keys.Add(new Key(next, Head.Sequence + 1, int.MaxValue, IsStolen: false));
    }

    /// <summary>Whether a receipt must hold.</summary>
    public bool Holds(Receipt receipt)
    {
        // Where there was nothing to do, the receipt names the entry that was the newest.
        var (sequence, digest) = receipt.LedgerSequence is { } own ? (own, receipt.LedgerEntry) : (receipt.Head.Sequence, receipt.Head.Entry);
        return IsTrusted(receipt.Signer, receipt.Head.Sequence)
            && (sequence <= PrunedThrough || Ledger.Any(line => line.Sequence == sequence && line.Digest == digest));
    }

    /// <summary>Whether a proof must hold together with a receipt.</summary>
    public bool Confirms(HeldProof held, Promise promise)
    {
        var (proof, receipt) = (held.Proof, promise.Receipt);
        var sequence = receipt.LedgerSequence ?? receipt.Head.Sequence;
        return IsTrusted(proof.Signer, proof.Head.Sequence) && IsTrusted(receipt.Signer, receipt.Head.Sequence)
            && promise.Targets.Any(t => t.Subject == held.Subject)
            && !(proof.Kind == MembershipKind.Presence && promise.Targets.Contains(new Target(held.Subject, null)))
            && proof.Head.Sequence >= sequence
            && (proof.Head.Sequence > sequence || proof.RootDigest == receipt.RootAfter);
    }
}
