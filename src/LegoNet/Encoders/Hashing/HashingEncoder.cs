using System.Collections.Concurrent;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using LegoNet.Data;
using LegoNet.Data.Json;
using LegoNet.Specs;

namespace LegoNet.Encoders.Hashing;

/// <summary>
/// Encodes texts without a trained model and without looking at any data: signed feature hashing of word n-grams and,
/// optionally, of character n-grams (Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", ICML 2009).
/// </summary>
/// <remarks>
/// <para>A text is split into words by fixed rules of its own (ASCII letters and digits; above ASCII everything but punctuation
/// and symbols; Han, kana and characters beyond U+FFFF one by one), lower-cased by a fixed one-to-one table. A word n-gram is
/// its UTF-8 words joined by single spaces, hashed with XXH64 under seed 0; a character n-gram is taken from one word between
/// two spaces, hashed under seed 1. With hash h, the bucket is ⌊(h ≫ 32)·d / 2³²⌋ and the sign is minus when h is odd.</para>
/// <para>Every different n-gram adds sign × weight × (1 + ln count) to its bucket, in integers. The code is the vector of sums,
/// scaled to the declared Euclidean length and rounded to nearest, ties to even; components beyond ±127 are clamped. A text
/// without any word encodes to zeros.</para>
/// <para>One call runs on one thread; calls may run in parallel.</para>
/// </remarks>
public sealed class HashingEncoder : ICodeEncoder
{
    internal const ulong WordSeed = 0;
    internal const ulong CharSeed = 1;

    private const int CharKind = 3;
    private const int StopKind = 4;

    // Beyond this the words' buffer would not fit an array.
    private const int MaxLength = 1 << 28;

    // A workspace that one long text has blown up is dropped instead of kept.
    private const long KeptBytes = 8 << 20;

    private readonly ConcurrentBag<Workspace> _workspaces = [];
    private readonly HashingOptions _options;

    // By kind: 0–2 word n-grams, 3 character n-grams, 4–6 word n-grams of function words; in 1/10,000.
    private readonly int[] _weights = new int[7];

    /// <summary>Creates the encoder.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The lengths of character n-grams do not go together.</exception>
    public HashingEncoder(HashingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.RequireWeights();
        _options = options;
        for (var i = 0; i < _options.Weights.Count; i++)
        {
            _weights[i] = 100 * _options.Weights[i];
            _weights[StopKind + i] = _options.StopWeight * _options.Weights[i];
        }

        _weights[CharKind] = 100 * _options.CharWeight;
        CanonicalJson = _options.ToCanonicalJson();
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(CanonicalJson)));
        Fingerprint = new EncoderFingerprint(digest, "legonet-hashing 1", "cpu", "integer", 1, 1);
    }

    /// <summary>The declaration as stored in a spec: canonical JSON, which <see cref="FromSpec"/> reads again.</summary>
    public string CanonicalJson { get; }

    /// <inheritdoc/>
    public int Dimension => _options.Dimension;

    /// <inheritdoc/>
    public EncoderFingerprint Fingerprint { get; }

    /// <inheritdoc/>
    public int BatchSize => 256;

    /// <summary>Creates the encoder that a spec's encoder object declares; <see cref="HashingOptions.FromSpec"/> lists the members.</summary>
    /// <exception cref="LegoNetException">A member is unknown, of the wrong type or out of range.</exception>
    public static HashingEncoder FromSpec(StrictJson encoder) => new(HashingOptions.FromSpec(encoder));

    /// <inheritdoc/>
    public void Encode(IReadOnlyList<SourceRecord> records, Span<sbyte> codes)
    {
        ArgumentNullException.ThrowIfNull(records);
        if (codes.Length != (long)records.Count * Dimension)
        {
            throw new ArgumentException("The code buffer must hold exactly records × dimension values.", nameof(codes));
        }

        if (!_workspaces.TryTake(out var workspace))
        {
            workspace = new Workspace(Dimension);
        }

        for (var i = 0; i < records.Count; i++)
        {
            var input = records[i].Input as TextInput
                ?? throw LegoNetException.BadInput($"{records[i].Origin}: the hashing encoder reads texts, and this record is none.");
            if (input.Text.Length > MaxLength)
            {
                throw LegoNetException.BadInput($"{records[i].Origin}: the text has more than {MaxLength} characters.");
            }

            EncodeText(input.Text, workspace, codes.Slice(i * Dimension, Dimension));
            if (workspace.Text.Capacity + workspace.Counter.Capacity > KeptBytes)
            {
                workspace = new Workspace(Dimension);
            }
        }

        _workspaces.Add(workspace);
    }

    /// <inheritdoc/>
    public void Dispose() => _workspaces.Clear();

    private void EncodeText(string text, Workspace workspace, Span<sbyte> code)
    {
        code.Clear();
        workspace.Text.Split(text, _options.Lowercase);
        CountWords(workspace);
        if (_options.Chars is var (shortest, longest))
        {
            CountChars(workspace, shortest, longest);
        }

        var (counter, sums, touched) = (workspace.Counter, workspace.Sums, workspace.Touched);
        for (var i = 0; i < counter.Count; i++)
        {
            ref readonly var entry = ref counter[i];
            var weight = (long)HashingWeights.Of(entry.Count) * _weights[entry.Kind];
            var bucket = (int)(((entry.Hash >> 32) * (uint)sums.Length) >> 32);
            sums[bucket] += (entry.Hash & 1) == 0 ? weight : -weight;
            touched[bucket >> 6] |= 1UL << (bucket & 63);
        }

        counter.Clear();

        // In the order of the buckets, one IEEE operation after the other: the same bits everywhere. A sum stays below 2^53
        // (n-grams × 6.6e7) up to 10^8 n-grams in one bucket, so the conversion is exact.
        var squares = 0.0;
        for (var block = 0; block < touched.Length; block++)
        {
            for (var bits = touched[block]; bits != 0; bits &= bits - 1)
            {
                double sum = sums[(block << 6) + BitOperations.TrailingZeroCount(bits)];
                squares += sum * sum;
            }
        }

        var norm = Math.Sqrt(squares);
        for (var block = 0; block < touched.Length; block++)
        {
            for (var bits = touched[block]; bits != 0; bits &= bits - 1)
            {
                var bucket = (block << 6) + BitOperations.TrailingZeroCount(bits);
                if (sums[bucket] != 0)
                {
                    code[bucket] = (sbyte)Math.Clamp(Math.Round(sums[bucket] * (double)_options.Scale / norm), -127.0, 127.0);
                }

                sums[bucket] = 0;
            }

            touched[block] = 0;
        }
    }

    private void CountWords(Workspace workspace)
    {
        var (text, counter, longest) = (workspace.Text, workspace.Counter, _options.Weights.Count);
        var bytes = text.Bytes;

        // How many words up to and with this one are function words without a break.
        var stops = 0;
        for (var end = 0; end < text.Count; end++)
        {
            var to = text.End(end);
            var hash = HashingXx64.Hash(bytes[text.Start(end)..to], WordSeed);
            stops = _options.StopWords == StopWords.English && HashingStopWords.Contains(hash) ? stops + 1 : 0;
            counter.Add(hash, stops > 0 ? StopKind : 0);
            for (var n = 2; n <= longest && n <= end + 1; n++)
            {
                counter.Add(HashingXx64.Hash(bytes[text.Start(end - n + 1)..to], WordSeed), stops >= n ? StopKind + n - 1 : n - 1);
            }
        }
    }

    private static void CountChars(Workspace workspace, int shortest, int longest)
    {
        var (text, counter) = (workspace.Text, workspace.Counter);
        var bytes = text.Bytes;
        for (var word = 0; word < text.Count; word++)
        {
            // The word with the spaces around it, so that beginnings and ends of words count as such.
            var (from, to) = (text.Start(word) - 1, text.End(word) + 1);
            for (var start = from; start < to; start = Next(bytes, start))
            {
                var end = start;
                for (var n = 1; n <= longest && end < to; n++)
                {
                    end = Next(bytes, end);
                    if (n >= shortest)
                    {
                        counter.Add(HashingXx64.Hash(bytes[start..end], CharSeed), CharKind);
                    }
                }
            }
        }
    }

    private static int Next(ReadOnlySpan<byte> bytes, int at)
    {
        do
        {
            at++;
        }
        while (at < bytes.Length && (bytes[at] & 0xC0) == 0x80);

        return at;
    }

    /// <summary>What one thread needs to encode one text.</summary>
    private sealed class Workspace(int dimension)
    {
        internal HashingText Text { get; } = new();

        internal HashingCounter Counter { get; } = new();

        internal long[] Sums { get; } = new long[dimension];

        // One bit per bucket: visiting only the touched ones, in order, keeps short texts cheap at a large d.
        internal ulong[] Touched { get; } = new ulong[(dimension + 63) / 64];
    }
}
