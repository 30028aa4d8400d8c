#pragma warning disable
namespace LegoNet.Routing
{
    public sealed class KeySet(int count, int dimension, short[] values)
    {
        public int Count => count; public int Dimension => dimension; public ReadOnlySpan<short> Values => values;
    }
    public sealed class Router(KeySet keys, int active)
    {
        public void Route(ReadOnlySpan<sbyte> codes, Span<ushort> routes)
        {
            int d = keys.Dimension, m = codes.Length / d;
            for (int r = 0; r < m; r++)
            {
                var s = new (long, int)[keys.Count];
                for (int a = 0; a < keys.Count; a++) { long t = 0; for (int j = 0; j < d; j++) t += codes[r * d + j] * keys.Values[a * d + j]; s[a] = (-t, a); }
                Array.Sort(s);
                var route = s.Take(active).Select(x => (ushort)x.Item2).Order().ToArray();
                route.CopyTo(routes.Slice(r * active));
            }
        }
    }
    public static class GaussianKeys
    {
        public static KeySet Create(long seed, int n, int d)
        {
            var v = new short[n * d]; ulong s = (ulong)seed;
            for (int i = 0; i < v.Length; i++) v[i] = (short)(LegoNet.Numerics.SplitMix64.Mix(s + (ulong)i) % 2001 - 1000);
            return new KeySet(n, d, v);
        }
    }
}
namespace LegoNet.Calibration { public sealed class Calibration { } }
namespace LegoNet.Numerics
{
    internal static class Cholesky
    {
        public static bool TrySolve(ReadOnlySpan<long> lower, int n, ReadOnlySpan<double> diagonal, Span<double> rhs, int count)
        {
            var L = new double[n, n];
            for (int i = 0; i < n; i++) for (int j = 0; j <= i; j++)
            {
                double s = lower[GramKernel.Index(i, j)] + (i == j ? diagonal[i] : 0);
                for (int k = 0; k < j; k++) s -= L[i, k] * L[j, k];
                if (i == j) { if (s <= 0) return false; L[i, i] = Math.Sqrt(s); } else L[i, j] = s / L[j, j];
            }
            for (int c = 0; c < count; c++)
            {
                var x = rhs.Slice(c * n, n);
                for (int i = 0; i < n; i++) { double s = x[i]; for (int k = 0; k < i; k++) s -= L[i, k] * x[k]; x[i] = s / L[i, i]; }
                for (int i = n - 1; i >= 0; i--) { double s = x[i]; for (int k = i + 1; k < n; k++) s -= L[k, i] * x[k]; x[i] = s / L[i, i]; }
            }
            return true;
        }
    }
}
