using System.Buffers.Binary;

namespace LegoNet.Data.Images;

/// <summary>
/// Decodes JPEG files (ITU-T T.81 with JFIF and Adobe's marker): sequential and progressive Huffman coding, 8 bits, grey or three
/// colours, any sampling with whole factors. Integer arithmetic only: the inverse DCT, upsampling and colour conversion are those
/// libjpeg-turbo uses by default ("islow", "fancy upsampling"), so intensities are the ones other tools see.
/// </summary>
/// <remarks>A file that is cut or whose codes make no sense is refused, where libjpeg would fill up with grey and go on.</remarks>
internal sealed class JpegDecoder
{
    private static readonly byte[] s_natural =
    [
        0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
        35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
    ];

    private readonly ReadOnlyMemory<byte> _file;
    private readonly ushort[]?[] _quantisers = new ushort[4][];
    private readonly HuffmanTable?[] _dcTables = new HuffmanTable[4];
    private readonly HuffmanTable?[] _acTables = new HuffmanTable[4];
    private JpegComponent[] _components = [];
    private int _width;
    private int _height;
    private int _maxH = 1;
    private int _maxV = 1;
    private bool _progressive;
    private int _restartInterval;
    private int _adobeTransform = -1;
    private bool _jfif;
    private int _eobRun;

    public JpegDecoder(ReadOnlyMemory<byte> file) => _file = file;

    /// <summary>Decodes the file.</summary>
    /// <exception cref="InvalidDataException">The file is cut, damaged, too large or of a rare kind.</exception>
    public DecodedImage Decode()
    {
        var file = _file.Span;
        var at = 2;
        var scans = 0;
        while (true)
        {
            var marker = NextMarker(file, ref at);
            if (marker == 0xD9)
            {
                break;
            }

            if (file.Length - at < 2 || BinaryPrimitives.ReadUInt16BigEndian(file[at..]) is var length && (length < 2 || length > file.Length - at))
            {
                throw Early();
            }

            var segment = file.Slice(at + 2, length - 2);
            at += length;
            switch (marker)
            {
                case 0xC0 or 0xC1 or 0xC2:
                    ReadFrame(segment, marker == 0xC2);
                    break;
                case 0xC4:
                    ReadHuffman(segment);
                    break;
                case >= 0xC3 and <= 0xCF:
                    throw new InvalidDataException("is a JPEG image of a rare kind (lossless or arithmetic coding)");
                case 0xD8:
                    throw Damaged("it begins twice");
                case 0xDA:
                    // Every scan of every component takes time; a small file must not buy a long one.
                    if (++scans > 100)
                    {
                        throw Damaged("too many scans");
                    }

                    at = ReadScan(segment, at);
                    break;
                case 0xDB:
                    ReadQuantisers(segment);
                    break;
                case 0xDD:
                    _restartInterval = segment.Length == 2 ? BinaryPrimitives.ReadUInt16BigEndian(segment) : throw Damaged("its restart interval");
                    break;
                case 0xE0:
                    _jfif |= segment.StartsWith("JFIF\0"u8);
                    break;
                case 0xEE:
                    if (segment.Length >= 12 && segment.StartsWith("Adobe"u8))
                    {
                        _adobeTransform = segment[11];
                    }

                    break;
            }
        }

        return _components.Length == 0 || _components.Any(c => c.Steps is null)
            ? throw new InvalidDataException("is a JPEG image without a picture")
            : Render();
    }

    private static InvalidDataException Early() => new("is a JPEG image that ends too early");

    private static InvalidDataException Damaged(string what) => new($"is a damaged JPEG image ({what})");

    /// <summary>Skips to the next marker, over fill bytes, stuffed zeros and stray restart markers, and past it.</summary>
    private static int NextMarker(ReadOnlySpan<byte> file, ref int at)
    {
        while (true)
        {
            var skip = file[at..].IndexOf((byte)0xFF);
            if (skip < 0)
            {
                throw Early();
            }

            at += skip;
            while (at < file.Length && file[at] == 0xFF)
            {
                at++;
            }

            if (at >= file.Length)
            {
                throw Early();
            }

            var marker = file[at++];
            if (marker is not (0x00 or 0x01 or (>= 0xD0 and <= 0xD7)))
            {
                return marker;
            }
        }
    }

    private void ReadFrame(ReadOnlySpan<byte> segment, bool progressive)
    {
        if (_components.Length > 0 || segment.Length < 6 || segment.Length != 6 + (3 * segment[5]))
        {
            throw Damaged("its frame header");
        }

        if (segment[0] != 8 || segment[5] is not (1 or 3))
        {
            throw new InvalidDataException("is a JPEG image of a rare kind (neither grey nor three colours of 8 bits)");
        }

        _progressive = progressive;
        _height = BinaryPrimitives.ReadUInt16BigEndian(segment[1..]);
        _width = BinaryPrimitives.ReadUInt16BigEndian(segment[3..]);
        ImageDecoder.CheckSize(_width, _height);
        var components = new JpegComponent[segment[5]];
        for (var i = 0; i < components.Length; i++)
        {
            var entry = segment.Slice(6 + (3 * i), 3);
            int id = entry[0];
            var twice = components.Take(i).Any(c => c.Id == id);
            components[i] = new JpegComponent { Id = id, H = entry[1] >> 4, V = entry[1] & 15, Quantiser = entry[2] };
            if (twice || components[i].H is < 1 or > 4 || components[i].V is < 1 or > 4 || entry[2] > 3)
            {
                throw Damaged("its frame header");
            }
        }

        _maxH = components.Max(c => c.H);
        _maxV = components.Max(c => c.V);
        if (components.Any(c => _maxH % c.H != 0 || _maxV % c.V != 0))
        {
            throw new InvalidDataException("is a JPEG image of a rare kind (broken sampling factors)");
        }

        // A block's DC value takes at least one bit, so a small file has few blocks, whatever it says: told before memory is taken.
        if (components.Sum(c => (long)Ceiling(_width * c.H, 8 * _maxH) * Ceiling(_height * c.V, 8 * _maxV)) > 8L * _file.Length)
        {
            throw Damaged("it is too short for its size");
        }

        int mcusX = Ceiling(_width, 8 * _maxH), mcusY = Ceiling(_height, 8 * _maxV);
        foreach (var component in components)
        {
            component.Width = Ceiling(_width * component.H, _maxH);
            component.Height = Ceiling(_height * component.V, _maxV);
            component.Stride = mcusX * component.H;
            component.Rows = mcusY * component.V;
            component.Coefficients = new short[component.Stride * component.Rows * 64];
        }

        _components = components;
    }

    private void ReadQuantisers(ReadOnlySpan<byte> segment)
    {
        while (!segment.IsEmpty)
        {
            int wide = segment[0] >> 4, number = segment[0] & 15, size = wide == 0 ? 64 : 128;
            if (wide > 1 || number > 3 || segment.Length < 1 + size)
            {
                throw Damaged("a quantisation table");
            }

            var table = new ushort[64];
            for (var i = 0; i < 64; i++)
            {
                table[s_natural[i]] = wide == 0 ? segment[1 + i] : BinaryPrimitives.ReadUInt16BigEndian(segment[(1 + (2 * i))..]);
            }

            _quantisers[number] = table;
            segment = segment[(1 + size)..];
        }
    }

    private void ReadHuffman(ReadOnlySpan<byte> segment)
    {
        while (!segment.IsEmpty)
        {
            if (segment.Length < 17 || segment[0] is var head && ((head & 15) > 3 || head >> 4 > 1))
            {
                throw Damaged("a Huffman table");
            }

            var counts = segment.Slice(1, 16);
            var total = 0;
            foreach (var count in counts)
            {
                total += count;
            }

            if (total > 256 || segment.Length < 17 + total)
            {
                throw Damaged("a Huffman table");
            }

            (head >> 4 == 0 ? _dcTables : _acTables)[head & 15] = new HuffmanTable(counts, segment.Slice(17, total));
            segment = segment[(17 + total)..];
        }
    }

    /// <summary>Reads a scan's header and data; returns where the next marker is to be looked for.</summary>
    private int ReadScan(ReadOnlySpan<byte> segment, int at)
    {
        if (_components.Length == 0 || segment.Length < 1 || segment[0] is < 1 or > 3 || segment.Length != 4 + (2 * segment[0]))
        {
            throw Damaged("a scan's header");
        }

        var components = new JpegComponent[segment[0]];
        int first = segment[^3], last = segment[^2], high = segment[^1] >> 4, low = segment[^1] & 15;
        var sound = _progressive
            ? (first == 0 ? last == 0 : last >= first && last < 64 && components.Length == 1) && low <= 13 && (high == 0 || high == low + 1)
            : first == 0 && last == 63 && high == 0 && low == 0;
        if (!sound)
        {
            throw Damaged("a scan's header");
        }

        for (var i = 0; i < components.Length; i++)
        {
            int id = segment[1 + (2 * i)], tables = segment[2 + (2 * i)];
            var component = Array.Find(_components, c => c.Id == id) ?? throw Damaged("a scan's header");
            if (Array.IndexOf(components, component) >= 0 || tables >> 4 > 3 || (tables & 15) > 3)
            {
                throw Damaged("a scan's header");
            }

            component.Steps ??= _quantisers[component.Quantiser] ?? throw Damaged("a quantisation table is missing");
            component.DcTable = _dcTables[tables >> 4];
            component.AcTable = _acTables[tables & 15];
            if ((first == 0 && high == 0 && component.DcTable is null) || (last > 0 && component.AcTable is null))
            {
                throw Damaged("a Huffman table is missing");
            }

            components[i] = component;
        }

        if (components.Length > 1 && components.Sum(c => c.H * c.V) > 10)
        {
            throw Damaged("a scan's header");
        }

        var scan = new Scan(first, last, high, low);
        var bits = new JpegBits(_file.Span, at);
        Reset(components);

        // One component alone is coded block by block without the padding to MCUs; several are coded MCU by MCU.
        var alone = components.Length == 1 ? components[0] : null;
        var columns = alone is not null ? Ceiling(alone.Width, 8) : Ceiling(_width, 8 * _maxH);
        var rows = alone is not null ? Ceiling(alone.Height, 8) : Ceiling(_height, 8 * _maxV);
        var left = _restartInterval;
        var restart = 0;
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                if (_restartInterval > 0 && left-- == 0)
                {
                    bits.Restart(restart);
                    restart = (restart + 1) & 7;
                    left = _restartInterval - 1;
                    Reset(components);
                }

                if (alone is not null)
                {
                    ReadBlock(ref bits, alone, Block(alone, row, column), scan);
                    continue;
                }

                foreach (var component in components)
                {
                    for (var v = 0; v < component.V; v++)
                    {
                        for (var h = 0; h < component.H; h++)
                        {
                            ReadBlock(ref bits, component, Block(component, (row * component.V) + v, (column * component.H) + h), scan);
                        }
                    }
                }
            }
        }

        return bits.Position;
    }

    private void Reset(JpegComponent[] components)
    {
        _eobRun = 0;
        foreach (var component in components)
        {
            component.Dc = 0;
        }
    }

    private static Span<short> Block(JpegComponent component, int row, int column)
        => component.Coefficients.AsSpan(((row * component.Stride) + column) * 64, 64);

    private void ReadBlock(ref JpegBits bits, JpegComponent component, Span<short> block, Scan scan)
    {
        if (!_progressive)
        {
            ReadSequential(ref bits, component, block);
        }
        else if (scan.First == 0)
        {
            if (scan.High == 0)
            {
                block[0] = (short)(ReadDc(ref bits, component) << scan.Low);
            }
            else if (bits.Read(1) == 1)
            {
                block[0] |= (short)(1 << scan.Low);
            }
        }
        else if (scan.High == 0)
        {
            ReadAcFirst(ref bits, component.AcTable!, block, scan);
        }
        else
        {
            ReadAcRefinement(ref bits, component.AcTable!, block, scan);
        }
    }

    private static int ReadDc(ref JpegBits bits, JpegComponent component)
    {
        var size = component.DcTable!.Read(ref bits);
        return size > 15 ? throw Damaged("an impossible value") : component.Dc += bits.ReadSigned(size);
    }

    private static void ReadSequential(ref JpegBits bits, JpegComponent component, Span<short> block)
    {
        block[0] = (short)ReadDc(ref bits, component);
        var table = component.AcTable!;
        for (var k = 1; k < 64; k++)
        {
            var symbol = table.Read(ref bits);
            int run = symbol >> 4, size = symbol & 15;
            if (size == 0)
            {
                if (run != 15)
                {
                    break;
                }

                k += 15;
                continue;
            }

            k += run;
            if (k > 63)
            {
                throw Damaged("an impossible value");
            }

            block[s_natural[k]] = (short)bits.ReadSigned(size);
        }
    }

    private void ReadAcFirst(ref JpegBits bits, HuffmanTable table, Span<short> block, Scan scan)
    {
        if (_eobRun > 0)
        {
            _eobRun--;
            return;
        }

        for (var k = scan.First; k <= scan.Last; k++)
        {
            var symbol = table.Read(ref bits);
            int run = symbol >> 4, size = symbol & 15;
            if (size == 0)
            {
                if (run != 15)
                {
                    _eobRun = (1 << run) + bits.Read(run) - 1;
                    return;
                }

                k += 15;
                continue;
            }

            k += run;
            if (k > scan.Last)
            {
                throw Damaged("an impossible value");
            }

            block[s_natural[k]] = (short)(bits.ReadSigned(size) << scan.Low);
        }
    }

    private void ReadAcRefinement(ref JpegBits bits, HuffmanTable table, Span<short> block, Scan scan)
    {
        var one = (short)(1 << scan.Low);
        var k = scan.First;
        if (_eobRun == 0)
        {
            for (; k <= scan.Last; k++)
            {
                var symbol = table.Read(ref bits);
                int run = symbol >> 4, size = symbol & 15;
                short value = 0;
                if (size == 0)
                {
                    if (run != 15)
                    {
                        _eobRun = (1 << run) + bits.Read(run);
                        break;
                    }
                }
                else if (size == 1)
                {
                    value = bits.Read(1) == 1 ? one : (short)-one;
                }
                else
                {
                    throw Damaged("an impossible value");
                }

                // Zeros are counted, values known already get their next bit on the way.
                for (; k <= scan.Last; k++)
                {
                    ref var coefficient = ref block[s_natural[k]];
                    if (coefficient != 0)
                    {
                        Refine(ref bits, ref coefficient, one);
                    }
                    else if (run-- == 0)
                    {
                        coefficient = value;
                        break;
                    }
                }
            }
        }

        if (_eobRun > 0)
        {
            for (; k <= scan.Last; k++)
            {
                ref var coefficient = ref block[s_natural[k]];
                if (coefficient != 0)
                {
                    Refine(ref bits, ref coefficient, one);
                }
            }

            _eobRun--;
        }
    }

    private static void Refine(ref JpegBits bits, ref short coefficient, short one)
    {
        if (bits.Read(1) == 1 && (coefficient & one) == 0)
        {
            coefficient += coefficient >= 0 ? one : (short)-one;
        }
    }

    private DecodedImage Render()
    {
        var planes = Array.ConvertAll(_components, c => JpegUpsampling.Enlarge(c, JpegTransform.Inverse(c), _maxH, _maxV, _width, _height));
        var rgb = new byte[_width * _height * 3];
        var count = _width * _height;
        if (planes.Length == 1)
        {
            for (var i = 0; i < count; i++)
            {
                rgb[3 * i] = rgb[(3 * i) + 1] = rgb[(3 * i) + 2] = planes[0][i];
            }
        }
        else if (IsRgb())
        {
            for (var i = 0; i < count; i++)
            {
                rgb[3 * i] = planes[0][i];
                rgb[(3 * i) + 1] = planes[1][i];
                rgb[(3 * i) + 2] = planes[2][i];
            }
        }
        else
        {
            ConvertColours(planes[0], planes[1], planes[2], rgb);
        }

        return new DecodedImage(rgb, _height, _width);
    }

    /// <summary>libjpeg's guess: JFIF means YCbCr, then Adobe's marker decides, then the components' names.</summary>
    private bool IsRgb()
        => !_jfif && (_adobeTransform >= 0 ? _adobeTransform == 0 : _components[0].Id == 'R' && _components[1].Id == 'G' && _components[2].Id == 'B');

    /// <summary>YCbCr of JFIF (ITU-R BT.601, full range) in 16-bit fixed point.</summary>
    private static void ConvertColours(ReadOnlySpan<byte> y, ReadOnlySpan<byte> cb, ReadOnlySpan<byte> cr, Span<byte> rgb)
    {
        const int Half = 1 << 15, R = 91881, B = 116130, G1 = 22554, G2 = 46802;
        for (var i = 0; i < y.Length; i++)
        {
            int u = cb[i] - 128, v = cr[i] - 128, at = 3 * i;
            rgb[at + 2] = Clamp(y[i] + (((B * u) + Half) >> 16));
            rgb[at + 1] = Clamp(y[i] + (((-G1 * u) - (G2 * v) + Half) >> 16));
            rgb[at] = Clamp(y[i] + (((R * v) + Half) >> 16));
        }
    }

    private static byte Clamp(int value) => (byte)Math.Clamp(value, 0, 255);

    private static int Ceiling(int value, int divisor) => (value + divisor - 1) / divisor;

    private readonly record struct Scan(int First, int Last, int High, int Low);
}
