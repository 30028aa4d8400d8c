namespace LegoNet.Cli.Init;

/// <summary>The scenarios of Model Builder that a spec can express.</summary>
internal enum ModelBuilderScenario
{
    /// <summary>A class from the columns of a table.</summary>
    Classification,

    /// <summary>A class from a text.</summary>
    TextClassification,

    /// <summary>A class from an image.</summary>
    ImageClassification,

    /// <summary>A number from the columns of a table.</summary>
    Regression,
}
