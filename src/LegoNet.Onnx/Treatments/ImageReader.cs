using System.Runtime.InteropServices;
using LegoNet.Data;
using LegoNet.Data.Images;
using LegoNet.Onnx.Runtime;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace LegoNet.Onnx.Treatments;

/// <summary>Decodes, resizes and scales images, one at a time and on the caller's thread. Thread-safe.</summary>
internal sealed class ImageReader : IDisposable
{
    private static readonly string[] s_inputs = [ImageGraph.InputName];
    private static readonly string[] s_outputs = [ImageGraph.OutputName];

    private readonly InferenceSession _session;
    private readonly RunOptions _run = OrtRuntime.QuietRun();
    private readonly long[] _shape;
    private readonly int _length;

    public ImageReader(ImageTreatment treatment)
    {
        _shape = Shape(treatment, 1);
        _length = checked((int)(_shape[1] * _shape[2] * _shape[3]));
        using var options = OrtRuntime.Options();
        _session = OrtRuntime.Open(ImageGraph.FromPixels(treatment), options);
    }

    /// <summary>Shape of a tensor of <paramref name="batch"/> images.</summary>
    public static long[] Shape(ImageTreatment treatment, int batch)
        => treatment.ChannelsFirst
            ? [batch, ImageTreatment.Channels, treatment.Height, treatment.Width]
            : [batch, treatment.Height, treatment.Width, ImageTreatment.Channels];

    /// <summary>Reads one image.</summary>
    /// <param name="record">The record; its input is an encoded file or pixels.</param>
    /// <param name="tensor">Receives one image's values, in the layout of the treatment.</param>
    /// <exception cref="LegoNetException">The input is no image, is damaged or too large.</exception>
    public void Read(SourceRecord record, Span<float> tensor)
    {
        switch (record.Input)
        {
            case ImageFileInput file:
                DecodedImage image;
                try
                {
                    image = ImageDecoder.Decode(file.Bytes);
                }
                catch (InvalidDataException e)
                {
                    throw LegoNetException.BadInput($"{record.Origin}: {e.Message.TrimEnd('.')}.", e);
                }

                Run(record, image.Pixels, [image.Height, image.Width, ImageTreatment.Channels], tensor);
                break;
            case PixelInput pixels:
                if (pixels.Channels is not (1 or 3) || pixels.Height < 1 || pixels.Width < 1 || (long)pixels.Height * pixels.Width > ImageDecoder.MaxPixels
                    || pixels.Pixels.Length != (long)pixels.Height * pixels.Width * pixels.Channels)
                {
                    throw LegoNetException.BadInput(
                        $"{record.Origin}: pixels must be 1 or 3 intensities each, rows and columns 1 or more, and as many as the shape says.");
                }

                var rgb = pixels.Channels == 3 ? pixels.Pixels : Repeat(pixels.Pixels.Span);
                Run(record, rgb, [pixels.Height, pixels.Width, ImageTreatment.Channels], tensor);
                break;
            default:
                throw LegoNetException.BadInput($"{record.Origin}: the encoder reads images, and this record has none.");
        }
    }

    public void Dispose()
    {
        _session.Dispose();
        _run.Dispose();
    }

    private unsafe void Run(SourceRecord record, ReadOnlyMemory<byte> bytes, long[] shape, Span<float> tensor)
    {
        if (tensor.Length != _length)
        {
            throw new ArgumentException("The tensor's length is not one image's.", nameof(tensor));
        }

        // ONNX Runtime only reads the input; its C# interface merely has no read-only overload.
        fixed (float* output = tensor)
        {
            using var input = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, MemoryMarshal.AsMemory(bytes), shape);
            using var result = OrtValue.CreateTensorValueWithData(
                OrtMemoryInfo.DefaultInstance, TensorElementType.Float, _shape, (IntPtr)output, (long)_length * sizeof(float));
            try
            {
                _session.Run(_run, s_inputs, [input], s_outputs, [result]);
            }
            catch (Exception e) when (OrtRuntime.IsFailure(e))
            {
                throw LegoNetException.BadInput($"{record.Origin}: the image cannot be resized ({OrtRuntime.FirstLine(e)}).", e);
            }
        }
    }

    private static byte[] Repeat(ReadOnlySpan<byte> grey)
    {
        var rgb = new byte[grey.Length * ImageTreatment.Channels];
        for (var i = 0; i < grey.Length; i++)
        {
            rgb.AsSpan(i * ImageTreatment.Channels, ImageTreatment.Channels).Fill(grey[i]);
        }

        return rgb;
    }
}
