using LegoNet.Data.Files;
using LegoNet.Data.Formats;

namespace LegoNet.Data.Vectors;

/// <summary>Finds the vectors in a safetensors file.</summary>
internal static class SafetensorsVectors
{
    /// <summary>The layout of an array [N, D] of F32, F64, F16 or I8.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensor">The array's name; null where the file has one array only.</param>
    /// <exception cref="LegoNetException">The file is malformed, or has no such array of that type and shape.</exception>
    public static VectorLayout Read(string path, string? tensor)
    {
        var header = ReadHeader(path);
        var info = Find(header, path, tensor);
        var (rows, dimension) = info.Shape.Count == 2 ? (info.Shape[0], info.Shape[1]) : (0, 0);
        VectorElement? element = info.Type switch
        {
            TensorType.I8 => VectorElement.Int8,
            TensorType.F16 => VectorElement.Float16,
            TensorType.F32 => VectorElement.Float32,
            TensorType.F64 => VectorElement.Float64,
            _ => null,
        };
        if (element is null || rows < 1 || dimension is < 1 or > VectorLayout.MaxDimension)
        {
            throw LegoNetException.BadInput(
                $"{path}: array \"{info.Name}\" is {info.Type} [{string.Join(", ", info.Shape)}] where F32, F64, F16 or I8 of the shape [N, D] is expected, "
                + $"D at most {VectorLayout.MaxDimension}.");
        }

        return new VectorLayout(info.Offset, rows, (int)dimension, element.Value);
    }

    private static SafetensorsHeader ReadHeader(string path)
    {
        // Opened here first for the sentences about missing files and folders.
        using var file = SourceFile.OpenRaw(path);
        try
        {
            return SafetensorsHeader.Read(path);
        }
        catch (Exception e) when (SourceFile.IsReadFailure(e))
        {
            throw SourceFile.Unreadable(path, e);
        }
    }

    private static TensorInfo Find(SafetensorsHeader header, string path, string? tensor)
    {
        if (tensor is null && header.Tensors.Count == 1)
        {
            return header.Tensors.Single();
        }

        if (tensor is not null && header.TryGet(tensor, out var info))
        {
            return info;
        }

        var names = NearNames.List(tensor ?? "", [.. header.Tensors.Select(t => t.Name).Order(StringComparer.Ordinal)]);
        throw LegoNetException.BadInput(tensor is null
            ? $"{path}: has {header.Tensors.Count} arrays ({names}); name one as \"tensor\"."
            : $"{path}: has no array \"{tensor}\"; it has {names}.");
    }
}
