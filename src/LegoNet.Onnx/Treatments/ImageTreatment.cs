using System.Buffers;
using System.Text;
using System.Text.Json;
using LegoNet.Data.Json;

namespace LegoNet.Onnx.Treatments;

/// <summary>
/// An image becomes a float32 tensor of three channels (RGB; grey is repeated) and fixed height and width: bilinear or nearest
/// resizing with half-pixel centres, without anti-aliasing, then <c>value = intensity · scale + offset</c> per channel, intensities 0–255.
/// </summary>
/// <remarks>
/// JSON: <c>{"kind":"image","height":128,"width":128,"resize":"linear","scale":0.00784313725490196,"offset":-1,"layout":"NCHW"}</c>.
/// In place of <c>scale</c> and <c>offset</c>, <c>mean</c> and <c>std</c> of three numbers each may stand, on intensities scaled to
/// 0–1 (the ImageNet convention): value = (intensity / 255 − mean) / std. Aspect ratio is not kept. Source of the resizing rule:
/// ONNX operator Resize-13, coordinate_transformation_mode "half_pixel".
/// </remarks>
public sealed record ImageTreatment : InputTreatment
{
    /// <summary>Channels of the tensor.</summary>
    public const int Channels = 3;

    private readonly double[] _scale;
    private readonly double[] _offset;

    /// <summary>Creates a treatment.</summary>
    /// <param name="height">Rows of the tensor, 1–4096 pixels.</param>
    /// <param name="width">Columns of the tensor, 1–4096 pixels.</param>
    /// <param name="linear">True for bilinear resizing, false for the nearest pixel.</param>
    /// <param name="scale">Factor on intensities 0–255: one number for all channels, or three (R, G, B).</param>
    /// <param name="offset">Summand after the factor: one number for all channels, or three (R, G, B).</param>
    /// <param name="channelsFirst">True for a tensor [N, 3, H, W], false for [N, H, W, 3].</param>
    /// <exception cref="LegoNetException">A value is out of range.</exception>
    public ImageTreatment(int height, int width, bool linear, ReadOnlySpan<double> scale, ReadOnlySpan<double> offset, bool channelsFirst = true)
    {
        if (height is < 1 or > MaxSide || width is < 1 or > MaxSide)
        {
            throw LegoNetException.BadInput($"An image treatment's height and width must be whole numbers from 1 to {MaxSide}.");
        }

        Height = height;
        Width = width;
        Linear = linear;
        ChannelsFirst = channelsFirst;
        _scale = PerChannel(scale, "scale");
        _offset = PerChannel(offset, "offset");
    }

    private const int MaxSide = 4096;

    /// <summary>Rows of the tensor.</summary>
    public int Height { get; }

    /// <summary>Columns of the tensor.</summary>
    public int Width { get; }

    /// <summary>True for bilinear resizing, false for the nearest pixel.</summary>
    public bool Linear { get; }

    /// <summary>True for a tensor [N, 3, H, W], false for [N, H, W, 3].</summary>
    public bool ChannelsFirst { get; }

    /// <summary>Factor on intensities 0–255, per channel (R, G, B).</summary>
    public ReadOnlySpan<double> Scale => _scale;

    /// <summary>Summand after the factor, per channel (R, G, B).</summary>
    public ReadOnlySpan<double> Offset => _offset;

    /// <inheritdoc/>
    public override string ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("kind", "image");
            json.WriteNumber("height", Height);
            json.WriteNumber("width", Width);
            json.WriteString("resize", Linear ? "linear" : "nearest");
            WriteChannels(json, "scale", _scale);
            WriteChannels(json, "offset", _offset);
            json.WriteString("layout", ChannelsFirst ? "NCHW" : "NHWC");
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Two treatments are equal when their canonical JSON is.</summary>
    public bool Equals(ImageTreatment? other) => other is not null && ToJson() == other.ToJson();

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Height, Width, Linear, ChannelsFirst);

    internal static ImageTreatment Read(StrictJson spec)
    {
        var height = (int)spec.Integer("height", 1, MaxSide);
        var width = (int)spec.Integer("width", 1, MaxSide);
        var linear = spec.Choice("resize", "linear", "linear", "nearest") == "linear";
        var channelsFirst = spec.Choice("layout", "NCHW", "NCHW", "NHWC") == "NCHW";
        double[] scale;
        double[] offset;
        if (spec.Has("mean") || spec.Has("std"))
        {
            if (spec.Has("scale") || spec.Has("offset"))
            {
                throw spec.Error("mean", "and std stand in place of scale and offset, not beside them");
            }

            var mean = Three(spec, "mean", -1e6);
            var std = Three(spec, "std", 1e-6);
            scale = [.. std.Select(s => 1 / (255 * s))];
            offset = [.. mean.Zip(std, (m, s) => -m / s)];
        }
        else
        {
            scale = Channel(spec, "scale", 1);
            offset = Channel(spec, "offset", 0);
        }

        spec.Finish();
        return new ImageTreatment(height, width, linear, scale, offset, channelsFirst);
    }

    private static double[] Channel(StrictJson spec, string name, double defaultValue)
    {
        // The canonical form writes three numbers where the channels differ, so both forms are read.
        try
        {
            return [spec.Number(name, -1e6, 1e6, defaultValue)];
        }
        catch (LegoNetException) when (IsArray(spec, name))
        {
            return Three(spec, name, -1e6);
        }
    }

    private static bool IsArray(StrictJson spec, string name)
    {
        try
        {
            return spec.OptionalNumbers(name) is not null;
        }
        catch (LegoNetException)
        {
            return false;
        }
    }

    private static double[] Three(StrictJson spec, string name, double min)
    {
        var values = spec.OptionalNumbers(name) ?? throw spec.Error(name, "is missing");
        return values.Count == Channels && values.All(v => v >= min && v <= 1e6)
            ? [.. values]
            : throw spec.Error(name, $"must be {Channels} numbers in range, one per channel");
    }

    private static double[] PerChannel(ReadOnlySpan<double> values, string name)
    {
        double[] result = values.Length == 1 ? [values[0], values[0], values[0]] : values.ToArray();

        // Adding 0 turns −0 into 0, so that one treatment has one canonical form.
        return result.Length == Channels && result.All(v => Math.Abs(v) <= 1e9)
            ? [.. result.Select(v => v + 0.0)]
            : throw LegoNetException.BadInput($"An image treatment's {name} must be one finite number or {Channels}.");
    }

    private static void WriteChannels(Utf8JsonWriter json, string name, double[] values)
    {
        if (values[0] == values[1] && values[1] == values[2])
        {
            json.WriteNumber(name, values[0]);
            return;
        }

        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
    }
}
