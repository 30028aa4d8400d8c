using LegoNet.Files;

namespace LegoNet.Calibration;

/// <summary>The two files of a card that is to be written: the card itself, and its arrays beside it.</summary>
internal sealed record CardFiles(OutputFile Card, OutputFile Arrays)
{
    private const string ArraysEnding = ".safetensors";

    private static readonly OutputKind s_card = OutputKind.Json("a card", "encodingDimension", "arrays");

    /// <summary>The files, once it is sure that both can be written and that nothing is lost by it.</summary>
    /// <param name="path">The card's path; must not end in <c>.safetensors</c>.</param>
    /// <param name="force">Whether files of another kind may be replaced.</param>
    /// <param name="inputs">Files that the card is made from.</param>
    /// <exception cref="LegoNetException">One of them cannot be written, or would replace what must stay.</exception>
    public static CardFiles Prepare(string path, bool force = false, params IEnumerable<string?> inputs)
    {
        var arrays = Path.ChangeExtension(path, ArraysEnding);
        return string.Equals(arrays, path, StringComparison.OrdinalIgnoreCase)
            ? throw LegoNetException.BadInput($"{path}: a card is a JSON file; its arrays will have the ending {ArraysEnding}.")
            : new CardFiles(OutputFile.Prepare(path, s_card, force, inputs), OutputFile.Prepare(arrays, OutputKind.Safetensors, force, inputs));
    }
}
