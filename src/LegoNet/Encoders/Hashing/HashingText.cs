namespace LegoNet.Encoders.Hashing;

/// <summary>
/// Splits a text into words, by rules of its own: no culture, no ICU and no Unicode table of the runtime, all of which change
/// between machines and versions. A change to any table here is a new encoder version.
/// </summary>
/// <remarks>
/// ASCII letters and digits make words. Above ASCII, everything makes words except punctuation, symbols and spaces (the ranges
/// in <see cref="IsSeparator"/>). Scripts written without spaces (Han, kana) and characters beyond U+FFFF (emoji, rare Han)
/// are one word per character. A lone surrogate separates.
/// </remarks>
internal sealed class HashingText
{
    private const byte Space = (byte)' ';

    // For ASCII: 0 separates, any other value is the byte to write.
    private static readonly byte[] s_exact = Ascii(fold: false);
    private static readonly byte[] s_folded = Ascii(fold: true);

    private byte[] _bytes = new byte[4096];
    private int[] _starts = new int[1024];
    private int _length;

    /// <summary>The number of words.</summary>
    internal int Count { get; private set; }

    /// <summary>The words as UTF-8, each between single spaces: " one two ".</summary>
    internal ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>Where a word begins within <see cref="Bytes"/>.</summary>
    internal int Start(int word) => _starts[word];

    /// <summary>Where a word ends (exclusive) within <see cref="Bytes"/>.</summary>
    internal int End(int word) => (word + 1 < Count ? _starts[word + 1] : _length) - 1;

    /// <summary>The bytes that this workspace holds on to.</summary>
    internal long Capacity => _bytes.Length + (4L * _starts.Length);

    /// <summary>Replaces the words by those of <paramref name="text"/>.</summary>
    internal void Split(string text, bool lowercase)
    {
        // At most four bytes per UTF-16 unit: three of UTF-8 and a space.
        var needed = checked((4 * text.Length) + 8);
        if (_bytes.Length < needed)
        {
            _bytes = new byte[needed];
        }

        var ascii = lowercase ? s_folded : s_exact;
        var bytes = _bytes;
        var at = 0;
        bytes[at++] = Space;
        Count = 0;
        var open = false;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c < 0x80)
            {
                var value = ascii[c];
                if (value != 0)
                {
                    Open(ref open, at);
                    bytes[at++] = value;
                }
                else
                {
                    Close(ref open, bytes, ref at);
                }
            }
            else if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                Close(ref open, bytes, ref at);
                Open(ref open, at);
                var point = char.ConvertToUtf32(c, text[++i]);
                bytes[at++] = (byte)(0xF0 | (point >> 18));
                bytes[at++] = (byte)(0x80 | ((point >> 12) & 0x3F));
                bytes[at++] = (byte)(0x80 | ((point >> 6) & 0x3F));
                bytes[at++] = (byte)(0x80 | (point & 0x3F));
                Close(ref open, bytes, ref at);
            }
            else if (IsSeparator(c))
            {
                Close(ref open, bytes, ref at);
            }
            else
            {
                var alone = IsWordOfItsOwn(c);
                if (alone)
                {
                    Close(ref open, bytes, ref at);
                }

                Open(ref open, at);
                int unit = lowercase ? Fold(c) : c;
                if (unit >= 0x800)
                {
                    bytes[at++] = (byte)(0xE0 | (unit >> 12));
                    bytes[at++] = (byte)(0x80 | ((unit >> 6) & 0x3F));
                }
                else
                {
                    bytes[at++] = (byte)(0xC0 | (unit >> 6));
                }

                bytes[at++] = (byte)(0x80 | (unit & 0x3F));
                if (alone)
                {
                    Close(ref open, bytes, ref at);
                }
            }
        }

        Close(ref open, bytes, ref at);
        _length = at;
    }

    /// <summary>Simple one-to-one lower case for Latin, Greek, Cyrillic, Armenian and full-width letters; others stand as they are.</summary>
    internal static char Fold(char c) => c switch
    {
        < (char)0x80 => c is >= 'A' and <= 'Z' ? (char)(c + 32) : c,
        < (char)0x100 => c is >= (char)0xC0 and <= (char)0xDE and not (char)0xD7 ? (char)(c + 32) : c,
        (char)0x130 => c,
        (char)0x178 => (char)0xFF,
        (>= (char)0x100 and <= (char)0x137) or (>= (char)0x14A and <= (char)0x177) => (char)(c | 1),
        (>= (char)0x139 and <= (char)0x148) or (>= (char)0x179 and <= (char)0x17E) => (char)(c + (c & 1)),
        (char)0x386 => (char)0x3AC,
        >= (char)0x388 and <= (char)0x38A => (char)(c + 37),
        (char)0x38C => (char)0x3CC,
        (char)0x38E or (char)0x38F => (char)(c + 63),
        >= (char)0x391 and <= (char)0x3AB and not (char)0x3A2 => (char)(c + 32),
        >= (char)0x400 and <= (char)0x40F => (char)(c + 80),
        >= (char)0x410 and <= (char)0x42F => (char)(c + 32),
        (>= (char)0x460 and <= (char)0x481) or (>= (char)0x48A and <= (char)0x4BF) or (>= (char)0x4D0 and <= (char)0x52F) => (char)(c | 1),
        (char)0x4C0 => (char)0x4CF,
        >= (char)0x4C1 and <= (char)0x4CE => (char)(c + (c & 1)),
        >= (char)0x531 and <= (char)0x556 => (char)(c + 48),
        (>= (char)0x1E00 and <= (char)0x1E95) or (>= (char)0x1EA0 and <= (char)0x1EFF) => (char)(c | 1),
        >= (char)0xFF21 and <= (char)0xFF3A => (char)(c + 32),
        _ => c,
    };

    private static bool IsSeparator(char c) => c switch
    {
        < (char)0xC0 => c is not ((char)0xAA or (char)0xB5 or (char)0xBA),
        (char)0xD7 or (char)0xF7 => true,
        < (char)0x55A => false,

        // Armenian, Hebrew, Arabic and Devanagari punctuation.
        (>= (char)0x55A and <= (char)0x55F) or (char)0x589 or (char)0x58A => true,
        (char)0x5BE or (char)0x5C0 or (char)0x5C3 or (char)0x5F3 or (char)0x5F4 => true,
        (char)0x60C or (char)0x61B or (char)0x61F or (>= (char)0x66A and <= (char)0x66D) or (char)0x6D4 => true,
        (char)0x964 or (char)0x965 or (char)0x1680 => true,
        < (char)0x2000 => false,

        // General punctuation; currency; arrows, mathematics, technical, boxes, dingbats; supplemental punctuation.
        <= (char)0x206F or (>= (char)0x20A0 and <= (char)0x20CF) => true,
        (>= (char)0x2190 and <= (char)0x2BFF) or (>= (char)0x2E00 and <= (char)0x2E7F) => true,

        // Han and kana punctuation; presentation forms and full-width punctuation; the byte order mark; lone surrogates.
        (>= (char)0x3000 and <= (char)0x3004) or (>= (char)0x3008 and <= (char)0x303F) or (char)0x30FB => true,
        >= (char)0xD800 and <= (char)0xDFFF => true,
        (>= (char)0xFE10 and <= (char)0xFE1F) or (>= (char)0xFE30 and <= (char)0xFE6F) or (char)0xFEFF => true,
        (>= (char)0xFF00 and <= (char)0xFF0F) or (>= (char)0xFF1A and <= (char)0xFF20) => true,
        (>= (char)0xFF3B and <= (char)0xFF40) or (>= (char)0xFF5B and <= (char)0xFF65) or >= (char)0xFFE0 => true,
        _ => false,
    };

    private static bool IsWordOfItsOwn(char c) => c switch
    {
        < (char)0x2E80 => false,
        <= (char)0x2FDF => true,
        (>= (char)0x3005 and <= (char)0x3007) or (>= (char)0x3040 and <= (char)0x312F) or (>= (char)0x31F0 and <= (char)0x31FF) => true,
        (>= (char)0x3400 and <= (char)0x4DBF) or (>= (char)0x4E00 and <= (char)0x9FFF) => true,
        (>= (char)0xF900 and <= (char)0xFAFF) or (>= (char)0xFF66 and <= (char)0xFF9F) => true,
        _ => false,
    };

    private static byte[] Ascii(bool fold)
    {
        var table = new byte[128];
        for (var c = 0; c < 128; c++)
        {
            table[c] = char.IsAsciiLetterOrDigit((char)c) ? (byte)(fold ? Fold((char)c) : (char)c) : (byte)0;
        }

        return table;
    }

    private void Open(ref bool open, int at)
    {
        if (open)
        {
            return;
        }

        open = true;
        if (Count == _starts.Length)
        {
            Array.Resize(ref _starts, 2 * Count);
        }

        _starts[Count++] = at;
    }

    private static void Close(ref bool open, byte[] bytes, ref int at)
    {
        if (open)
        {
            bytes[at++] = Space;
            open = false;
        }
    }
}
