using System.Collections.Concurrent;
using LegoNet.Data.Files;
using LegoNet.Data.Json;
using LegoNet.Encoders;
using LegoNet.Encoders.Hashing;
using LegoNet.Encoders.Tabular;

namespace LegoNet.Pipelines;

/// <summary>
/// The encoders that specs can name by type. Built in: "composite" (text and columns), "hashing" (text), "tabular", "vector". LegoNet.Onnx registers "onnx".
/// </summary>
public static class EncoderRegistry
{
    private static readonly ConcurrentDictionary<string, IEncoderFactory> s_factories = new(StringComparer.Ordinal)
    {
        ["composite"] = new CompositeEncoderFactory(() => s_factories!),
        ["hashing"] = new HashingEncoderFactory(),
        ["tabular"] = new TabularEncoderFactory(),
        ["vector"] = new VectorEncoderFactory(),
    };

    /// <summary>Registers the factory of a type.</summary>
    public static void Register(string type, IEncoderFactory factory) => s_factories[type] = factory;

    /// <summary>Creates the encoder that a pipeline's spec describes.</summary>
    /// <exception cref="LegoNetException">The description is malformed, or a file it names is missing or does not match.</exception>
    public static EncoderSetup Create(StrictJson encoder, EncoderSettings settings)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        return Find(encoder).Create(encoder, settings);
    }

    /// <summary>Creates the encoder that a model declares.</summary>
    /// <param name="model">The model.</param>
    /// <param name="settings">Settings of the run; without a path, the copy inside the model or the file it was trained with is used.</param>
    /// <exception cref="LegoNetException">
    /// The encoder's file is missing, is not the one that the model names, or its copy inside the model is damaged.
    /// </exception>
    public static EncoderSetup Open(LegoNetModel model, EncoderSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        settings ??= new EncoderSettings();
        if (settings.ModelPath is null && model.EncoderCopy is { } copy)
        {
            RequireUndamaged(copy);
        }

        settings = settings with { ModelPath = settings.ModelPath ?? model.EncoderPath };
        var declaration = StrictJson.Parse(model.Spec.Encoder, $"{model.Path} (encoder)");
        return Find(declaration).Open(declaration, model.Calibration, settings);
    }

    // A copy inside the model is named by its digest; that it differs is damage, not a wrong file on the caller's part.
    private static void RequireUndamaged(string copy)
    {
        string digest;
        try
        {
            digest = Digests.OfFile(copy);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw LegoNetException.Damaged($"{copy}: cannot be read ({LegoNetException.Cause(e)}).", e);
        }

        if (digest != Path.GetFileNameWithoutExtension(copy))
        {
            throw LegoNetException.Damaged($"{copy}: is damaged (its SHA-256 is not the one it is named by).");
        }
    }

    private static IEncoderFactory Find(StrictJson encoder)
    {
        var type = encoder.String("type");
        return s_factories.TryGetValue(type, out var factory)
            ? factory
            : throw encoder.Error("type", $"must be one of {string.Join(", ", s_factories.Keys.Order(StringComparer.Ordinal))}, not \"{type}\"");
    }
}
