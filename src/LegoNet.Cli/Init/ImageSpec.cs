using System.Text.Json.Nodes;
using LegoNet.Calibration;
using LegoNet.Onnx.Graphs;
using LegoNet.Specs;

namespace LegoNet.Cli.Init;

/// <summary>Drafts the spec of image classification: folders that are the classes, on an encoder that the user names.</summary>
internal static class ImageSpec
{
    private const int UsualDimension = 1024;

    /// <summary>The folder of images that a configuration names.</summary>
    /// <exception cref="LegoNetException">It is not there.</exception>
    public static string Folder(ModelBuilderConfig config, InitRequest request) => request.Data is null
        ? DataPlace.Find(config.File, config.DataPath, Directory.Exists)
            ?? throw LegoNetException.BadInput(
                $"{config.File}: its folder of images ({DataPlace.Name(config.DataPath)}) is neither where it says nor beside it; "
                + "name it with --data.")
        : Directory.Exists(request.Data) ? Path.GetFullPath(request.Data)
        : throw LegoNetException.BadInput($"{request.Data}: no such folder.");

    /// <summary>Drafts.</summary>
    /// <param name="origin">What messages name: the configuration, or the images.</param>
    /// <param name="path">The folder or archive, absolute.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="LegoNetException">There are no classes, or the encoder or its references are not named or not there.</exception>
    public static SpecDraft Draft(string origin, string path, InitRequest request, CancellationToken cancellationToken)
    {
        if (request.Subject is not null || request.Id is not null || request.Label is not null || request.Texts.Count > 0 || request.Ignored.Count > 0)
        {
            throw LegoNetException.BadInput(
                $"{origin}: --subject, --id and the other columns are a table's, and these are images; put {{subject}} into the source's \"include\" instead.");
        }

        var images = ImageTree.Of(path, cancellationToken);
        var (encoder, dimension) = Encoder(origin, request);
        var draft = new SpecDraft { DataFile = path, Records = images.Images, Summary = "image classification" };
        draft.Members["name"] = Path.GetFileNameWithoutExtension(request.Output);
        draft.Members["task"] = "multiclass";
        draft.Members["classes"] = new JsonArray([.. images.Classes.Select(c => (JsonNode)c)]);
        draft.Members["source"] = Source(request, path, images.Include);
        if (request.Test is { } test)
        {
            draft.Members["test"] = Source(request, Existing(test), ImageTree.Of(Existing(test), cancellationToken).Include);
        }
        else if (images.Test is { } kept)
        {
            draft.Members["test"] = Source(request, path, kept);
        }
        else
        {
            draft.Warnings.Add("no test records: name a folder of images that was kept apart with --test, to measure what was learned.");
        }

        draft.Members["encoder"] = encoder;
        var size = draft.WriteRouting(LearningTask.Multiclass, dimension, KeySource.Public);
        if (encoder["calibrate"] is JsonObject calibrate)
        {
            calibrate["keys"] = size.Adapters;
        }
        else if (CalibrationCard.Load(request.Encoder!).KeyCount < size.Adapters)
        {
            draft.Members["routing"]!["keys"] = KeySource.Gaussian.Word();
        }

        draft.Proposed.Add($"{Plural.Of(images.Classes.Count, "class", "classes")}, the names of the folders in {Path.GetFileName(path)}");
        draft.Warnings.Add(
            "every image counts as a person of its own; where file names say whose an image is, "
            + "put {subject} into the source's \"include\", such as \"{label}/{subject}-*.jpg\".");
        return draft;
    }

    private static JsonObject Source(InitRequest request, string path, string include)
        => new() { ["type"] = "images", ["path"] = request.InSpec(path), ["include"] = include };

    private static string Existing(string path)
        => Directory.Exists(path) || File.Exists(path) ? Path.GetFullPath(path) : throw LegoNetException.BadInput($"{path}: no such file or folder.");

    private static (JsonObject Encoder, int Dimension) Encoder(string origin, InitRequest request)
    {
        if (request.Encoder is not { } encoder)
        {
            throw LegoNetException.BadInput(
                $"{origin}: image classification needs an encoder: "
                + "add --encoder FILE.onnx and --reference PATH (public images that nobody will ask to forget), "
                + "or --encoder CARD.json that `legonet calibrate` wrote.");
        }

        var file = File.Exists(encoder) ? Path.GetFullPath(encoder) : throw LegoNetException.BadInput($"{encoder}: no such file.");
        if (Path.GetExtension(file).Equals(".json", StringComparison.OrdinalIgnoreCase))
        {
            var card = CalibrationCard.Load(file);
            return request.Reference is null
                ? (new JsonObject { ["type"] = "onnx", ["card"] = request.InSpec(file) }, card.Calibration.CodeDimension)
                : throw LegoNetException.BadInput($"{encoder}: is a card, which holds what --reference is for; leave --reference out.");
        }

        if (request.Reference is not { } reference)
        {
            throw LegoNetException.BadInput(
                $"{encoder}: a card must be made for this encoder: "
                + "add --reference PATH, a folder or archive of public images that nobody will ask to forget.");
        }

        var made = new JsonObject
        {
            ["type"] = "onnx",
            ["card"] = Path.GetFileNameWithoutExtension(request.Output) + ".card.json",
            ["calibrate"] = new JsonObject
            {
                ["model"] = request.InSpec(file),
                ["reference"] = new JsonObject { ["type"] = "images", ["path"] = request.InSpec(Existing(reference)) },
                ["input"] = new JsonObject
                {
                    ["kind"] = "image",
                    ["height"] = request.Size,
                    ["width"] = request.Size,
                    ["scale"] = 0.00784313725490196,
                    ["offset"] = -1,
                },
            },
        };
        return (made, Dimension(file));
    }

    // As the file declares it; where it does not, what encoders of images mostly have.
    private static int Dimension(string onnxFile)
    {
        var outputs = OnnxModelFile.Parse(File.ReadAllBytes(onnxFile), onnxFile).Outputs;
        return outputs is [{ Shape: [_, { Value: > 0 and <= ModelSpec.MaxDimension and var value }] }, ..] ? (int)value : UsualDimension;
    }
}
