using LegoNet.Files;
using LegoNet.Store;

namespace LegoNet.Runs;

/// <summary>Files of a model that tasks have made, and of the model as it is where they have made none of the name.</summary>
/// <param name="made">What tasks have made.</param>
/// <param name="model">The model.</param>
/// <param name="layer">File operations.</param>
internal sealed class LayeredReader(ModelPaths made, ModelPaths model, IFileLayer layer) : IFileReader
{
    private readonly ModelFiles _made = new(made, layer);
    private readonly ModelFiles _model = new(model, layer);

    public FileView View(string name, string digest) => (layer.FileExists(made.File(name)) ? _made : _model).View(name, digest);
}
