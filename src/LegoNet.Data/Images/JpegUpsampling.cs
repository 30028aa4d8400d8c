namespace LegoNet.Data.Images;

/// <summary>
/// Brings a component to the image's size: triangle filters where a factor is 2, as libjpeg-turbo's "fancy upsampling", and
/// repetition elsewhere.
/// </summary>
internal static class JpegUpsampling
{
    /// <summary>Enlarges a component.</summary>
    /// <param name="component">The component.</param>
    /// <param name="samples">Its samples, <see cref="JpegComponent.Stride"/> · 8 per row.</param>
    /// <param name="maxH">The image's largest horizontal factor.</param>
    /// <param name="maxV">The image's largest vertical factor.</param>
    /// <param name="width">The image's width.</param>
    /// <param name="height">The image's height.</param>
    /// <returns>Samples of the image, row-major [height, width].</returns>
    public static byte[] Enlarge(JpegComponent component, byte[] samples, int maxH, int maxV, int width, int height)
    {
        int fx = maxH / component.H, fy = maxV / component.V, stride = component.Stride * 8;
        var result = new byte[width * height];
        var smoothX = fx == 2 && component.Width > 2;
        var sums = new int[component.Width];
        for (var y = 0; y < height; y++)
        {
            var target = result.AsSpan(y * width, width);
            var source = samples.AsSpan(y / fy * stride, component.Width);

            // The neighbouring row is the nearer one, above or below; at the image's edge the row itself.
            var neighbour = Math.Clamp((y / fy) + ((y & 1) == 0 ? -1 : 1), 0, component.Height - 1);
            if (fy == 2 && smoothX)
            {
                var near = samples.AsSpan(neighbour * stride, component.Width);
                for (var x = 0; x < sums.Length; x++)
                {
                    sums[x] = (3 * source[x]) + near[x];
                }

                for (var x = 0; x < width; x++)
                {
                    var at = x >> 1;
                    target[x] = (byte)((x & 1) == 0
                        ? ((3 * sums[at]) + sums[Math.Max(at - 1, 0)] + 8) >> 4
                        : ((3 * sums[at]) + sums[Math.Min(at + 1, sums.Length - 1)] + 7) >> 4);
                }
            }
            else if (fy == 1 && smoothX)
            {
                for (var x = 0; x < width; x++)
                {
                    var at = x >> 1;
                    target[x] = (byte)((x & 1) == 0
                        ? ((3 * source[at]) + source[Math.Max(at - 1, 0)] + 1) >> 2
                        : ((3 * source[at]) + source[Math.Min(at + 1, source.Length - 1)] + 2) >> 2);
                }
            }
            else if (fx == 1 && fy == 2)
            {
                var near = samples.AsSpan(neighbour * stride, component.Width);
                for (var x = 0; x < width; x++)
                {
                    target[x] = (byte)(((3 * source[x]) + near[x] + ((y & 1) == 0 ? 1 : 2)) >> 2);
                }
            }
            else
            {
                for (var x = 0; x < width; x++)
                {
                    target[x] = source[x / fx];
                }
            }
        }

        return result;
    }
}
