using System.Text.Json.Nodes;
using LegoNet.Specs;

namespace LegoNet.Cli.Init;

/// <summary>Chooses adapters and λ from the number of rows, between the values that the ready specs use.</summary>
/// <param name="Adapters">n.</param>
/// <param name="Active">k.</param>
/// <param name="Lambda">λ.</param>
internal sealed record Sizing(int Adapters, int Active, double Lambda)
{
    private const int FewestAdapters = 4;
    private const int MostAdapters = 128;
    private const int RowsPerAdapter = 100;

    /// <summary>Chooses.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="lambdaPerRow">λ for each row of a shard of the usual length.</param>
    public static Sizing For(long rows, double lambdaPerRow)
    {
        var adapters = FewestAdapters;
        while (adapters < MostAdapters && adapters * 2L * RowsPerAdapter <= rows)
        {
            adapters *= 2;
        }

        var active = adapters switch { <= 8 => adapters / 2, <= 32 => adapters / 4, _ => adapters / 8 };
        var (exponent, digit) = RoundRange.Step(Math.Max(10, lambdaPerRow * rows * active / adapters));
        return new Sizing(adapters, active, RoundRange.Scaled(digit, exponent));
    }

    /// <summary>Writes the members.</summary>
    /// <param name="spec">The spec.</param>
    /// <param name="keys">Where the keys come from.</param>
    public void Write(JsonObject spec, KeySource keys)
    {
        spec["routing"] = new JsonObject { ["adapters"] = Adapters, ["active"] = Active, ["keys"] = keys.Word() };
        spec["adapter"] = new JsonObject { ["trainer"] = "ridge", ["lambda"] = Lambda };
    }
}
