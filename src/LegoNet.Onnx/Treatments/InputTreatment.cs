using LegoNet.Data.Json;

namespace LegoNet.Onnx.Treatments;

/// <summary>
/// How a record's input becomes the tensor an encoder model reads. A treatment is part of the encoder's identity: it is hashed into
/// the fingerprint by its canonical JSON.
/// </summary>
public abstract record InputTreatment
{
    private protected InputTreatment()
    {
    }

    /// <summary>The treatment as canonical JSON: fixed member order, every default written out, shortest round-trip numbers.</summary>
    public abstract string ToJson();

    /// <summary>
    /// Reads a treatment: <c>{"kind":"image", …}</c> (see <see cref="ImageTreatment"/>), <c>{"kind":"text"}</c> or
    /// <c>{"kind":"vector"}</c>.
    /// </summary>
    /// <exception cref="LegoNetException">A member is missing, unknown, of the wrong type or out of range.</exception>
    public static InputTreatment FromSpec(StrictJson spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        switch (spec.Choice("kind", null, "image", "text", "vector"))
        {
            case "image":
                return ImageTreatment.Read(spec);
            case "text":
                spec.Finish();
                return new TextTreatment();
            default:
                spec.Finish();
                return new VectorTreatment();
        }
    }
}
