namespace LegoNet.Cluster.Stores;

/// <summary>Whether a worker takes tasks that run the encoder, which a GPU does many times faster.</summary>
public enum WorkerEncoding
{
    /// <summary>It takes all tasks.</summary>
    Too,

    /// <summary>It takes no other tasks: it is too dear for them.</summary>
    Only,

    /// <summary>It leaves them to workers that have a GPU.</summary>
    Never,
}
