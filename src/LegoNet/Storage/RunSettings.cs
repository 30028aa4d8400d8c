using System.Text.Json;

namespace LegoNet.Storage;

/// <summary>What a run needs and a model must not depend on, kept beside the model: where the encoder's file was last found.</summary>
internal sealed record RunSettings(string? Encoder)
{
    public static RunSettings Load(ModelPaths paths)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(paths.RunSettings));
            return new RunSettings(document.RootElement.TryGetProperty("encoder", out var encoder) ? encoder.GetString() : null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            return new RunSettings((string?)null); // A convenience only: without it the encoder is named on the command line.
        }
    }

    public void Save(ModelPaths paths)
    {
        var draft = paths.RunSettings + ".new";
        File.WriteAllBytes(draft, CanonicalJson.Write(json =>
        {
            json.WriteStartObject();
            json.WriteString("encoder", Encoder);
            json.WriteEndObject();
        }));
        File.Move(draft, paths.RunSettings, overwrite: true);
    }
}
