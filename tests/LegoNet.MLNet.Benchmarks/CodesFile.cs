using LegoNet.Data.Formats;

namespace LegoNet.MLNet.Benchmarks;

/// <summary>What `legonet encode` wrote: codes and labels.</summary>
internal sealed class CodesFile
{
    private readonly sbyte[] _codes;

    public CodesFile(string path)
    {
        var file = SafetensorsFile.Parse(File.ReadAllBytes(path), path);
        var shape = file.Header.Tensors.Single(t => t.Name == "codes").Shape;
        Rows = (int)shape[0];
        Dimension = (int)shape[1];
        _codes = file.Get<sbyte>("codes", Rows, Dimension).ToArray();
        Labels = file.Get<int>("labels", Rows, 1).ToArray();
    }

    public int Rows { get; }

    public int Dimension { get; }

    public int[] Labels { get; }

    /// <summary>A row's code / 127, as EncodeOnnx gives it.</summary>
    public float[] Features(int row)
    {
        var features = new float[Dimension];
        for (var j = 0; j < features.Length; j++)
        {
            features[j] = _codes[((long)row * Dimension) + j] / 127f;
        }

        return features;
    }
}
