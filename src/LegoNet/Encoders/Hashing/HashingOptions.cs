using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using LegoNet.Data.Json;
using LegoNet.Specs;

namespace LegoNet.Encoders.Hashing;

/// <summary>
/// What a <see cref="HashingEncoder"/> counts and how it weighs it. Everything is declared: nothing comes from data. A value outside its
/// range is an <see cref="ArgumentOutOfRangeException"/> where it is set.
/// </summary>
public sealed record HashingOptions
{
    private const int FewestBuckets = 1_024;
    private const int MostBuckets = 8_192;
    private const long MostCodes = 512L << 20;

    /// <summary>The code's length d, 16 to 65,535; need not be a power of two.</summary>
    public int Dimension { get; init => field = Within(value, 16, ModelSpec.MaxDimension); } = 4096;

    /// <summary>The longest word n-gram counted, 1 to 3 words.</summary>
    public int Ngrams { get; init => field = Within(value, 1, 3); } = 2;

    /// <summary>
    /// The weight of word n-grams by length, in percent, each 1 to 100: the first for single words, the second for pairs, the third for
    /// triples; one for each of the <see cref="Ngrams"/> lengths. Default: 100, 50, 50, as many as there are lengths.
    /// </summary>
    public IReadOnlyList<int> Weights { get => field ?? DefaultWeights(Ngrams); init => field = Checked(value); }

    /// <summary>The shortest and the longest character n-gram counted, 1 to 8 characters; null for none.</summary>
    public (int Shortest, int Longest)? Chars { get; init => field = Checked(value); }

    /// <summary>The weight of character n-grams, in percent, 1 to 100.</summary>
    public int CharWeight { get; init => field = Within(value, 1, 100); } = 50;

    /// <summary>Whether Latin, Greek, Cyrillic and Armenian capitals count as their small letters.</summary>
    public bool Lowercase { get; init; } = true;

    /// <summary>The language of function words: word n-grams made of them alone ("the", "of the") weigh only <see cref="StopWeight"/>.</summary>
    public StopWords StopWords
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(StopWords), value, "Is no language of function words.");
    }

    /// <summary>The weight of function words, in percent of what they would weigh otherwise, 0 to 100.</summary>
    public int StopWeight { get; init => field = Within(value, 0, 100); } = 30;

    /// <summary>The Euclidean length of a code before rounding, in code units, 16 to 4,096; components beyond ±127 are clamped.</summary>
    public int Scale { get; init => field = Within(value, 16, 4096); } = 254;

    /// <summary>How many buckets suit a set of texts, where nobody knows better: a <see cref="Dimension"/> by rule.</summary>
    /// <param name="records">Records, N.</param>
    /// <returns>8,192; for more than 65,536 records the largest power of two with which their codes fit into 512 MiB, but at least 1,024.</returns>
    /// <remarks>Fitted and judged in docs/specs.md, "How many buckets".</remarks>
    public static int DimensionFor(long records)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(records);
        var fitting = (uint)Math.Clamp(MostCodes / Math.Max(1, records), FewestBuckets, MostBuckets);
        return 1 << BitOperations.Log2(fitting);
    }

    /// <summary>Reads the options from a spec's encoder object, e.g. <c>{"type":"hashing","dimension":4096,"ngrams":2}</c>.</summary>
    /// <remarks>
    /// Members: <c>dimension</c> (4096), <c>ngrams</c> (2), <c>weights</c> (100, 50, 50 cut to <c>ngrams</c>), <c>chars</c>
    /// ([shortest, longest]; none), <c>charWeight</c> (50, only with <c>chars</c>), <c>lowercase</c> (true), <c>stopWords</c>
    /// ("none" or "english"; "none"), <c>stopWeight</c> (30, only with <c>stopWords</c>), <c>scale</c> (254).
    /// </remarks>
    /// <exception cref="LegoNetException">A member is unknown, of the wrong type or out of range.</exception>
    public static HashingOptions FromSpec(StrictJson encoder)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        encoder.Choice("type", null, "hashing");
        var ngrams = (int)encoder.Integer("ngrams", 1, 3, 2);
        var weights = Whole(encoder, "weights", 1, 100) ?? DefaultWeights(ngrams);
        if (weights.Count != ngrams)
        {
            throw encoder.Error("weights", $"must have one number for each of the {ngrams} n-gram lengths");
        }

        var chars = Whole(encoder, "chars", 1, 8) ?? [];
        if (chars.Count is not (0 or 2) || (chars.Count == 2 && chars[0] > chars[1]))
        {
            throw encoder.Error("chars", "must be [shortest, longest]");
        }

        var stop = encoder.Choice("stopWords", "none", "none", "english") == "english";
        RequireWith(encoder, "charWeight", "chars", chars.Count > 0);
        RequireWith(encoder, "stopWeight", "stopWords", stop);
        var options = new HashingOptions
        {
            Dimension = (int)encoder.Integer("dimension", 16, ModelSpec.MaxDimension, 4096),
            Ngrams = ngrams,
            Weights = weights,
            Chars = chars.Count > 0 ? (chars[0], chars[1]) : null,
            CharWeight = (int)encoder.Integer("charWeight", 1, 100, 50),
            Lowercase = encoder.Boolean("lowercase", true),
            StopWords = stop ? StopWords.English : StopWords.None,
            StopWeight = (int)encoder.Integer("stopWeight", 0, 100, 30),
            Scale = (int)encoder.Integer("scale", 16, 4096, 254),
        };
        encoder.Finish();
        return options;
    }

    /// <summary>The options as canonical JSON: every member that has a meaning, defaults filled in, sorted, no white space.</summary>
    public string ToCanonicalJson()
    {
        var members = new List<string>
        {
            $"\"dimension\":{Text(Dimension)}",
            $"\"lowercase\":{(Lowercase ? "true" : "false")}",
            $"\"ngrams\":{Text(Ngrams)}",
            $"\"scale\":{Text(Scale)}",
            $"\"stopWords\":\"{(StopWords == StopWords.English ? "english" : "none")}\"",
            "\"type\":\"hashing\"",
            $"\"weights\":[{string.Join(',', Weights.Select(Text))}]",
        };
        if (Chars is var (shortest, longest))
        {
            members.Add($"\"charWeight\":{Text(CharWeight)}");
            members.Add($"\"chars\":[{Text(shortest)},{Text(longest)}]");
        }

        if (StopWords == StopWords.English)
        {
            members.Add($"\"stopWeight\":{Text(StopWeight)}");
        }

        members.Sort(StringComparer.Ordinal);
        return $"{{{string.Join(',', members)}}}";
    }

    /// <summary>Throws when the weights are not those of the n-grams, since the two are set one after the other.</summary>
    /// <exception cref="ArgumentOutOfRangeException">They are not.</exception>
    internal void RequireWeights()
    {
        if (Weights.Count != Ngrams)
        {
            throw new ArgumentOutOfRangeException(nameof(Weights), string.Join(", ", Weights), $"Must be one number for each of {Ngrams} n-gram lengths.");
        }
    }

    private static int Within(int value, int least, int most, [CallerMemberName] string name = "")
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, least, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, most, name);
        return value;
    }

    private static int[] Checked(IReadOnlyList<int> weights, [CallerMemberName] string name = "")
    {
        ArgumentNullException.ThrowIfNull(weights, name);
        return weights.Count is >= 1 and <= 3 && weights.All(w => w is >= 1 and <= 100)
            ? [.. weights]
            : throw new ArgumentOutOfRangeException(name, string.Join(", ", weights), "Must be one to three numbers from 1 to 100.");
    }

    private static (int Shortest, int Longest)? Checked((int Shortest, int Longest)? chars, [CallerMemberName] string name = "")
        => chars is not var (shortest, longest) || (shortest >= 1 && shortest <= longest && longest <= 8)
            ? chars
            : throw new ArgumentOutOfRangeException(name, chars, "Must be a shortest and a longest length, from 1 to 8.");

    private static IReadOnlyList<int> DefaultWeights(int ngrams) => ngrams switch { 1 => [100], 2 => [100, 50], _ => [100, 50, 50] };

    private static void RequireWith(StrictJson encoder, string name, string other, bool present)
    {
        if (encoder.Has(name) && !present)
        {
            throw encoder.Error(name, $"has no meaning without {other}");
        }
    }

    private static List<int>? Whole(StrictJson encoder, string name, int min, int max)
    {
        var numbers = encoder.OptionalNumbers(name);
        return numbers is null || numbers.All(n => n >= min && n <= max && n == Math.Floor(n))
            ? numbers?.Select(n => (int)n).ToList()
            : throw encoder.Error(name, $"must hold whole numbers from {min} to {max}");
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
