using System.Text.Json;
using LegoNet.Data.Json;

namespace LegoNet.MLNet.Adapters;

/// <summary>
/// The options of a trainer's JSON object, read strictly, and the declaration that is stored: every option with its value, defaults
/// included, and the environment that fits depend on.
/// </summary>
internal sealed class TrainerDeclaration
{
    // Names that ML.NET's users know for settings that are no options here, and why.
    private static readonly (string[] Names, string Why)[] s_refused =
    [
        (["numberOfThreads", "threads", "numThreads"],
            "is not set here: sums over several threads depend on their number, so fits are kept from depending on it"),
        (["seed", "featureSelectionSeed", "randomSeed"],
            "comes from the spec's own \"seed\", a different one for each adapter, so it is not set here"),
        (["earlyStopping", "earlyStoppingRule", "earlyStoppingMetric", "enablePruning", "pruningThreshold"],
            "needs rows that are held back, which an adapter has none of; say how many trees or iterations instead"),
        (["calibrator", "maximumCalibrationExampleCount", "maxCalibrationExamples", "numberOfCalibrationExamples"],
            "is not used: adapters give raw scores, and the spec's \"temperature\" turns their mean into probabilities"),
        (["labelColumnName", "featureColumnName", "exampleWeightColumnName", "rowGroupColumnName"],
            "is not used: an adapter sees a record's label and code, and nothing else"),
        (["initialWeightsDiameter", "stochasticGradientDescentInitilaizationTolerance", "stochasticGradientDescentInitializationTolerance"],
            "is not offered: every fit starts from zero weights"),
    ];

    private readonly StrictJson _adapter;
    private readonly SortedDictionary<string, object> _values = new(StringComparer.Ordinal);

    /// <summary>Begins to read a trainer's object.</summary>
    /// <exception cref="LegoNetException">It sets what is pinned.</exception>
    public TrainerDeclaration(StrictJson adapter)
    {
        _adapter = adapter;
        Trainer = adapter.String("trainer");
        _values.Add("trainer", Trainer);
        foreach (var name in adapter.Names)
        {
            foreach (var (names, why) in s_refused)
            {
                if (names.Contains(name, StringComparer.OrdinalIgnoreCase))
                {
                    throw adapter.Error(name, why);
                }
            }
        }
    }

    /// <summary>The trainer's name.</summary>
    public string Trainer { get; }

    /// <summary>A required text.</summary>
    public string Text(string name)
    {
        var value = _adapter.String(name);
        _values.Add(name, value);
        return value;
    }

    /// <summary>A whole number within [min, max].</summary>
    public int Integer(string name, int min, int max, int defaultValue)
    {
        var value = (int)_adapter.Integer(name, min, max, defaultValue);
        _values.Add(name, value);
        return value;
    }

    /// <summary>A number within [min, max].</summary>
    public double Number(string name, double min, double max, double defaultValue)
    {
        var value = _adapter.Number(name, min, max, defaultValue);
        _values.Add(name, value);
        return value;
    }

    /// <summary>True or false.</summary>
    public bool Flag(string name, bool defaultValue)
    {
        var value = _adapter.Boolean(name, defaultValue);
        _values.Add(name, value);
        return value;
    }

    /// <summary>A bad-input error about a member, or about the whole object.</summary>
    public LegoNetException Error(string? name, string what) => _adapter.Error(name, what);

    /// <summary>Reads the environment on record, checks that nothing else is declared, and writes the declaration.</summary>
    /// <param name="here">The environment of this process; declared where the object names none.</param>
    /// <returns>The environment on record and the declaration, canonical JSON.</returns>
    public (FitEnvironment Recorded, string Declaration) Finish(FitEnvironment here)
    {
        var recorded = _adapter.OptionalObject("environment") is { } declared ? FitEnvironment.Read(declared, here.Processors is not null) : here;
        _adapter.Finish();
        var declaration = CanonicalJson.Write(json =>
        {
            json.WriteStartObject();
            foreach (var (name, value) in _values)
            {
                Write(json, name, value);
            }

            json.WritePropertyName("environment");
            recorded.WriteTo(json);
            json.WriteEndObject();
        });
        return (recorded, System.Text.Encoding.UTF8.GetString(declaration));
    }

    private static void Write(Utf8JsonWriter json, string name, object value)
    {
        switch (value)
        {
            case string text:
                json.WriteString(name, text);
                break;
            case bool flag:
                json.WriteBoolean(name, flag);
                break;
            case int integer:
                json.WriteNumber(name, integer);
                break;
            default:
                json.WriteNumber(name, (double)value);
                break;
        }
    }
}
