using System.Text.Json.Nodes;
using LegoNet.Calibration;
using LegoNet.Specs;

namespace LegoNet.Cli.Init;

/// <summary>Drafts the spec of image classification: a folder whose subfolders are the classes, on an encoder that the user names.</summary>
internal static class ImageSpec
{
    private static readonly string[] s_read = [".jpg", ".jpeg", ".png"];
    private static readonly string[] s_notRead = [".bmp", ".gif", ".webp", ".tif", ".tiff", ".heic", ".avif"];

    /// <summary>Drafts.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="request">What is asked for.</param>
    /// <exception cref="LegoNetException">The folder holds no classes, or the encoder or its references are not named or not there.</exception>
    public static SpecDraft Draft(ModelBuilderConfig config, InitRequest request)
    {
        if (request.Subject is not null || request.Id is not null)
        {
            throw LegoNetException.BadInput(
                $"{config.File}: --subject and --id name a table's columns, and this configuration is of images; "
                + "put {subject} into the source's \"include\" instead.");
        }

        var folder = request.Data is null
            ? DataPlace.Find(config.File, config.DataPath, Directory.Exists)
                ?? throw LegoNetException.BadInput(
                    $"{config.File}: its folder of images ({DataPlace.Name(config.DataPath)}) is neither where it says nor beside it; "
                    + "name it with --data.")
            : Directory.Exists(request.Data) ? Path.GetFullPath(request.Data)
            : throw LegoNetException.BadInput($"{request.Data}: no such folder.");
        var (classes, images, include) = Classes(folder);
        var encoder = Encoder(config, request);
        var draft = new SpecDraft { DataFile = folder, Records = images, Summary = "image classification" };
        draft.Members["name"] = Path.GetFileNameWithoutExtension(request.Output);
        draft.Members["task"] = "multiclass";
        draft.Members["classes"] = new JsonArray([.. classes.Select(c => (JsonNode)c)]);
        draft.Members["source"] = new JsonObject { ["type"] = "images", ["path"] = request.InSpec(folder), ["include"] = include };
        draft.Members["encoder"] = encoder;
        var sizing = Sizing.For(images);
        sizing.Write(draft.Members, LearningTask.Multiclass, KeySource.Public);
        if (encoder["calibrate"] is JsonObject calibrate)
        {
            calibrate["keys"] = sizing.Adapters;
        }
        else if (CalibrationCard.Load(request.Encoder!).KeyCount is var keys && keys < sizing.Adapters)
        {
            draft.Members["routing"]!["keys"] = KeySource.Gaussian.Word();
        }

        draft.Members["seed"] = 1;
        draft.Proposed.Add($"{Plural.Of(classes.Count, "class", "classes")}, the names of the folders in {Path.GetFileName(folder)}");
        draft.Warnings.Add(
            "no test records: Model Builder's own split is not taken over; "
            + "name a folder that was kept apart as \"test\", to evaluate with SPEC#test.");
        draft.Warnings.Add(
            "every image counts as a person of its own; where file names say whose an image is, "
            + "put {subject} into the source's \"include\", such as \"{label}/{subject}-*.jpg\".");
        return draft;
    }

    private static (List<string> Classes, long Images, string Include) Classes(string folder)
    {
        var classes = new List<string>();
        var extensions = new HashSet<string>(StringComparer.Ordinal);
        long images = 0;
        foreach (var child in new DirectoryInfo(folder).EnumerateDirectories().Where(d => !d.Name.StartsWith('.')).OrderBy(d => d.Name, StringComparer.Ordinal))
        {
            string[] found = [.. child.EnumerateFiles().Where(f => !f.Name.StartsWith('.')).Select(f => f.Extension)];
            if (found.FirstOrDefault(e => s_notRead.Contains(e, StringComparer.OrdinalIgnoreCase)) is { } other)
            {
                throw LegoNetException.BadInput($"{child.FullName}: has {other} files; LegoNet reads JPEG and PNG, so convert them first.");
            }

            var count = found.Count(e => s_read.Contains(e, StringComparer.OrdinalIgnoreCase));
            if (count > 0)
            {
                classes.Add(child.Name);
                images += count;
                extensions.UnionWith(found);
            }
        }

        // One kind of file is named, so that what lies beside the images (Thumbs.db, notes) is not taken for one.
        var include = extensions.Where(e => s_read.Contains(e, StringComparer.OrdinalIgnoreCase)).ToArray() is [var only] ? $"{{label}}/*{only}" : "{label}/*";
        if (include.EndsWith("/*", StringComparison.Ordinal)
            && extensions.FirstOrDefault(e => !s_read.Contains(e, StringComparer.OrdinalIgnoreCase)) is { } stray)
        {
            throw LegoNetException.BadInput(
                $"{folder}: holds {(stray.Length == 0 ? "files without an extension" : $"{stray} files")} beside images of several kinds; "
                + "take them out, or give all images one extension.");
        }

        return classes.Count >= 2 ? (classes, images, include)
            : throw LegoNetException.BadInput(
                $"{folder}: has {Plural.Of(classes.Count, "subfolder")} with JPEG or PNG files, "
                + "where one for each of at least two classes is expected.");
    }

    private static JsonObject Encoder(ModelBuilderConfig config, InitRequest request)
    {
        if (request.Encoder is not { } encoder)
        {
            throw LegoNetException.BadInput(
                $"{config.File}: image classification needs an encoder: "
                + "add --encoder FILE.onnx and --reference PATH (public images that nobody will ask to forget), "
                + "or --encoder CARD.json that `legonet calibrate` wrote.");
        }

        var file = Path.GetFullPath(encoder);
        if (!File.Exists(file))
        {
            throw LegoNetException.BadInput($"{encoder}: no such file.");
        }

        if (Path.GetExtension(file).Equals(".json", StringComparison.OrdinalIgnoreCase))
        {
            _ = CalibrationCard.Load(file);
            return request.Reference is null
                ? new JsonObject { ["type"] = "onnx", ["card"] = request.InSpec(file) }
                : throw LegoNetException.BadInput($"{encoder}: is a card, which holds what --reference is for; leave --reference out.");
        }

        if (request.Reference is not { } reference)
        {
            throw LegoNetException.BadInput(
                $"{encoder}: a card must be made for this encoder: "
                + "add --reference PATH, a folder or archive of public images that nobody will ask to forget.");
        }

        var source = Path.GetFullPath(reference);
        if (!Directory.Exists(source) && !File.Exists(source))
        {
            throw LegoNetException.BadInput($"{reference}: no such file or folder.");
        }

        return new JsonObject
        {
            ["type"] = "onnx",
            ["card"] = Path.GetFileNameWithoutExtension(request.Output) + ".card.json",
            ["calibrate"] = new JsonObject
            {
                ["model"] = request.InSpec(file),
                ["reference"] = new JsonObject { ["type"] = "images", ["path"] = request.InSpec(source) },
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
    }
}
