using System.Text.Json.Nodes;
using LegoNet.Adapters;
using LegoNet.Specs;

namespace LegoNet.Cli.Init;

/// <summary>Chooses the adapters from the number of rows, between the values that the ready specs use.</summary>
/// <param name="Adapters">n.</param>
/// <param name="Active">k.</param>
internal sealed record Sizing(int Adapters, int Active)
{
    private const int FewestAdapters = 4;
    private const int MostAdapters = 128;
    private const int RowsPerAdapter = 100;

    /// <summary>Chooses.</summary>
    /// <param name="rows">The rows.</param>
    public static Sizing For(long rows)
    {
        var adapters = FewestAdapters;
        while (adapters < MostAdapters && adapters * 2L * RowsPerAdapter <= rows)
        {
            adapters *= 2;
        }

        var active = adapters switch { <= 8 => adapters / 2, <= 32 => adapters / 4, _ => adapters / 8 };
        return new Sizing(adapters, active);
    }

    /// <summary>Writes the members.</summary>
    /// <param name="spec">The spec.</param>
    /// <param name="task">The task, which decides what adapters choose among.</param>
    /// <param name="keys">Where the keys come from.</param>
    public void Write(JsonObject spec, LearningTask task, KeySource keys)
    {
        spec["routing"] = new JsonObject { ["adapters"] = Adapters, ["active"] = Active, ["keys"] = keys.Word() };
        spec["adapter"] = JsonNode.Parse(AdapterTrainers.Default(task));
    }
}
