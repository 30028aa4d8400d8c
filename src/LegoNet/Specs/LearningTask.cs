namespace LegoNet.Specs;

/// <summary>What is learned.</summary>
public enum LearningTask
{
    /// <summary>One of C declared classes.</summary>
    Multiclass,

    /// <summary>One of two declared classes, the second being the positive one.</summary>
    Binary,

    /// <summary>A number within a declared range, stored as whole steps.</summary>
    Regression,

    /// <summary>Any subset of C declared classes.</summary>
    Multilabel,
}
