using System.Text.Json.Nodes;

namespace LegoNet.Cli.Tests.Support;

/// <summary>Model Builder configurations of the versions that occur, and small data for them.</summary>
internal static class Configurations
{
    /// <summary>A column: its name, purpose, format, and whether it is categorical.</summary>
    public static JsonObject Column(string name, string purpose, string format = "String", bool categorical = false)
        => new()
        {
            ["ColumnName"] = name,
            ["ColumnPurpose"] = purpose,
            ["ColumnDataFormat"] = format,
            ["IsCategorical"] = categorical,
            ["Type"] = "Column",
            ["Version"] = 5,
        };

    /// <summary>A configuration over a table, as version 5 writes it.</summary>
    public static JsonObject Table(string scenario, string path, string delimiter, bool header, params JsonObject[] columns) => new()
    {
        ["Scenario"] = scenario,
        ["DataSource"] = new JsonObject
        {
            ["Version"] = 3,
            ["EscapeCharacter"] = "\"",
            ["ReadMultiLines"] = false,
            ["KeepDiacritics"] = false,
            ["KeepPunctuations"] = false,
            ["AllowQuoting"] = false,
            ["Type"] = "TabularFile",
            ["FilePath"] = path,
            ["Delimiter"] = delimiter,
            ["DecimalMarker"] = ".",
            ["HasHeader"] = header,
            ["ColumnProperties"] = new JsonArray([.. columns]),
        },
        ["Environment"] = new JsonObject { ["Type"] = "LocalCPU", ["Version"] = 1 },
        ["RunHistory"] = new JsonObject { ["Version"] = 3, ["Type"] = "Result", ["Trials"] = new JsonArray(), ["MetricName"] = "MacroAccuracy" },
        ["Type"] = "TrainingConfig",
        ["Version"] = 5,
        ["TrainingOption"] = new JsonObject
        {
            ["Version"] = 2,
            ["Type"] = "ClassificationTrainingOption",
            ["TrainingTime"] = 60,
            ["ValidationOption"] = new JsonObject { ["Version"] = 0, ["Type"] = "TrainValidateSplitValidationOption", ["SplitRatio"] = 0.2 },
        },
    };

    /// <summary>A configuration over a folder of images, as version 4 writes it.</summary>
    public static JsonObject Images(string folder) => new()
    {
        ["Scenario"] = "ImageClassification",
        ["DataSource"] = new JsonObject { ["Type"] = "Folder", ["Version"] = 1, ["FolderPath"] = folder },
        ["Environment"] = new JsonObject { ["Type"] = "LocalCPU", ["Version"] = 1 },
        ["Type"] = "TrainingConfig",
        ["Version"] = 4,
    };

    /// <summary>The first form of the file: the scenario is an object, types have other names, and nothing is said of quotes.</summary>
    public static JsonObject OfVersion0(JsonObject config)
    {
        var data = config["DataSource"]!.AsObject();
        data["DataSourceType"] = data["Type"]!.DeepClone();
        foreach (var name in (string[])["Type", "Version", "EscapeCharacter", "ReadMultiLines", "KeepDiacritics", "KeepPunctuations", "AllowQuoting"])
        {
            data.Remove(name);
        }

        return new JsonObject
        {
            ["TrainingConfigurationVersion"] = 0,
            ["TrainingTime"] = 120,
            ["Scenario"] = new JsonObject { ["ScenarioType"] = config["Scenario"]!.DeepClone() },
            ["DataSource"] = data.DeepClone(),
            ["Environment"] = new JsonObject { ["EnvironmentType"] = "LocalCPU" },
        };
    }

    /// <summary>Short reviews, good (1) and bad (0), whose words tell which.</summary>
    public static IEnumerable<(string Text, string Label)> Reviews(int count, int seed = 1)
    {
        string[] good = ["great", "lovely", "perfect", "tasty", "friendly"], bad = ["awful", "cold", "rude", "broken", "dirty"];
        string[] other = ["the", "place", "food", "phone", "was", "and", "really", "service", "today", "we"];
        var random = new Random(seed);
        for (var i = 0; i < count; i++)
        {
            var label = random.Next(2);
            var words = Enumerable.Range(0, 8).Select(w => w is 2 or 5 ? (label == 1 ? good : bad)[random.Next(5)] : other[random.Next(other.Length)]);
            yield return (string.Join(' ', words), label.ToString());
        }
    }

    /// <summary>Fares: distance, minutes, payment and area decide the price.</summary>
    public static IEnumerable<(double Distance, int Minutes, string Payment, string Area, double Fare)> Fares(int count, int seed = 1)
    {
        string[] areas = ["north", "south", "east", "west"];
        var random = new Random(seed);
        for (var i = 0; i < count; i++)
        {
            var distance = Math.Round(0.5 + (random.NextDouble() * 18), 1);
            var minutes = 3 + random.Next(40);
            var (payment, area) = (random.Next(2) == 0 ? "card" : "cash", random.Next(4));
            yield return (distance, minutes, payment, areas[area], Math.Round(3 + (2.1 * distance) + (0.2 * minutes) + (area * 1.5), 2));
        }
    }
}
