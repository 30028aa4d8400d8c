using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using LegoNet.Data.Formats;
using LegoNet.Encoders;
using LegoNet.Pipelines;
using LegoNet.Specs;

namespace LegoNet.Cli.Tests.Support;

/// <summary>Generated vectors around one centre per class, and the files and specs that hold them.</summary>
internal static class Points
{
    public const int Dimension = 8;
    public const int Subjects = 40;

    public static string[] Classes { get; } = ["red", "green", "blue", "grey"];

    /// <summary>Draws records. Their labels suit the task: a class, one of two, several joined by '|', or a number from −20 to 20.</summary>
    public static Point[] Draw(int count, string task = "multiclass", int seed = 1, int dimension = Dimension)
    {
        var random = new Random(seed);
        var centres = new Random(7);
        var centre = Classes.Select(_ => Enumerable.Range(0, dimension).Select(_ => (float)(centres.NextDouble() * 3) - 1.5f).ToArray()).ToArray();
        var points = new Point[count];
        for (var i = 0; i < count; i++)
        {
            var drawn = random.Next(Classes.Length);
            float[] values = [.. centre[drawn].Select(c => c + (float)((random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5) * 1.6))];
            points[i] = new Point($"s{random.Next(Subjects)}", $"r{seed}-{i}", Label(task, drawn, values), values);
        }

        return points;
    }

    public static string Csv(IEnumerable<Point> points)
    {
        var text = new StringBuilder();
        foreach (var point in points)
        {
            if (text.Length == 0)
            {
                text.Append("subject,id,label,").AppendJoin(',', Enumerable.Range(1, point.Values.Length).Select(i => $"x{i}")).Append('\n');
            }

            text.Append(point.Subject).Append(',').Append(point.Id).Append(',').Append(point.Label).Append(',')
                .AppendJoin(',', point.Values.Select(v => v.ToString("R", CultureInfo.InvariantCulture))).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Writes vectors as .npy and what belongs to them as .csv of the same name.</summary>
    public static string Npy(TempFolder folder, string name, IReadOnlyCollection<Point> points)
    {
        var path = folder[name + ".npy"];
        using (var writer = new NpyWriter(path, NpyElement.Float32, points.Count, points.First().Values.Length))
        {
            foreach (var point in points)
            {
                writer.Write(point.Values);
            }

            writer.Complete();
        }

        folder.Write(name + ".csv", "subject,id,label\n" + string.Concat(points.Select(p => $"{p.Subject},{p.Id},{p.Label}\n")));
        return path;
    }

    /// <summary>A spec over vectors in a file.</summary>
    public static string Spec(
        string task = "multiclass",
        string data = "points.csv",
        int adapters = 12,
        int active = 3,
        double lambda = 1000,
        int dimension = Dimension)
        => $$"""
        {
          "task": "{{task}}", {{Declared(task)}}
          "source": { "type": "vectors", "path": "{{data}}", "subject": "subject", "id": "id", "label": "label" },
          "encoder": { "type": "vector", "dimension": {{dimension}}, "min": -4, "max": 4 },
          "routing": { "adapters": {{adapters}}, "active": {{active}}, "keys": "gaussian" },
          "adapter": { "trainer": "ridge", "lambda": {{lambda.ToString(CultureInfo.InvariantCulture)}} },
          "seed": 3
        }
        """;

    /// <summary>The spec with another "adapter" object.</summary>
    public static string With(string spec, string adapter)
        => Regex.Replace(spec, "\"adapter\": {[^}]*}", _ => $"\"adapter\": {adapter}", RegexOptions.None, TimeSpan.FromSeconds(1));

    /// <summary>Writes data and spec, and trains.</summary>
    /// <returns>The model's path.</returns>
    public static string Train(
        TempFolder folder, string name, IEnumerable<Point> points, string task = "multiclass", string? key = null, string? adapter = null)
    {
        folder.Write(name + ".csv", Csv(points));
        var text = Spec(task, name + ".csv");
        var spec = folder.Write(name + ".json", adapter is null ? text : With(text, adapter));
        var model = folder[name];
        Legonet.Run("train", spec, "--out", model, "--key", key ?? folder[name + ".key"]).Succeeds();
        return model;
    }

    /// <summary>Trains from a spec as if something else had encoded the records.</summary>
    /// <param name="specFile">The spec.</param>
    /// <param name="model">Where.</param>
    /// <param name="elsewhere">The other fingerprint, given this machine's.</param>
    public static void TrainElsewhere(string specFile, string model, Func<EncoderFingerprint, EncoderFingerprint> elsewhere)
    {
        var pipeline = PipelineSpec.Load(specFile);
        using var setup = pipeline.CreateEncoder();
        var now = pipeline.Freeze(setup);
        var then = elsewhere(setup.Encoder.Fingerprint);
        var spec = new ModelSpec
        {
            Task = now.Spec.Task,
            Classes = now.Spec.Classes,
            Temperature = now.Spec.Temperature,
            Dimension = now.Spec.Dimension,
            Encoder = now.Spec.Encoder,
            Fingerprint = then,
            Calibration = now.Spec.Calibration,
            Adapters = now.Spec.Adapters,
            Active = now.Spec.Active,
            Keys = now.Spec.Keys,
            KeysDigest = now.Spec.KeysDigest,
            Adapter = now.Spec.Adapter,
            Seed = now.Spec.Seed,
        };
        var records = RecordEncoder.Encode(pipeline.OpenSource(), setup.Encoder, 1)
            .Select(r => new EncodedRecord(r.Subject, r.Id, r.Label, r.Code, then, r.Origin));
        LegoNetModel.Train(model, new ModelDefinition { Spec = spec, Keys = now.Keys, Calibration = now.Calibration }, records).Dispose();
    }

    private static string Declared(string task) => task switch
    {
        "regression" => "\"target\": { \"min\": -20, \"max\": 20, \"step\": 0.01 },",
        "binary" => "\"classes\": [\"no\", \"yes\"],",
        _ => "\"classes\": [\"red\", \"green\", \"blue\", \"grey\"],",
    };

    private static string Label(string task, int drawn, float[] values) => task switch
    {
        "binary" => drawn < 2 ? "no" : "yes",
        "multilabel" => string.Join('|', Classes.Where((_, c) => c == drawn || values[c] > 1)),
        "regression" => Math.Clamp(Math.Round((2 * values[0]) - values[1] + (0.5 * values[2] * values[3]), 2), -20, 20)
            .ToString("R", CultureInfo.InvariantCulture),
        _ => Classes[drawn],
    };
}
