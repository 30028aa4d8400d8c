namespace LegoNet.Runs;

/// <summary>How a run is to be planned.</summary>
public sealed class PlanOptions
{
    /// <summary>The least memory that a plan may count on, in bytes: 64 MiB.</summary>
    public const long LeastMemory = 64L << 20;

    /// <summary>
    /// Tasks that each stage should have, where there is as much to divide. Default: null, by the bytes of all codes (records × dimension): 4 below
    /// 32 MiB, where more cost more than they share out, 8 below 128 MiB, otherwise 16. Range: from 1.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int? Tasks
    {
        get;
        set => field = value is null or >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Tasks must be from 1.");
    }

    /// <summary>
    /// Memory that a task may use for records, in bytes. Where it is too little for so few tasks, there are more of them. A shard whose trainer
    /// needs all of its rows at a time takes what it takes. Default: 1 GiB. Range: from <see cref="LeastMemory"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is too small.</exception>
    public long Memory
    {
        get;
        set => field = value >= LeastMemory || IsTrial ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Memory must be from 64 MiB.");
    } = 1L << 30;

    /// <summary>Whether any memory will do: for tests, whose records are few.</summary>
    internal bool IsTrial { get; init; }

    /// <summary>The tag key's file. Default: beside the model, where it is made now, since all tasks need it.</summary>
    public string? TagKeyPath { get; set; }

    /// <summary>The private key's file under which the change is signed. Default: beside the model.</summary>
    public string? SigningKeyPath { get; set; }

    /// <summary>Whether a new model is open to others as the umask says. Default: false, to its owner only.</summary>
    public bool Shared { get; set; }

    /// <summary>The device that encodes: "auto", "cpu", "cuda" or "cuda:N". Default: "auto".</summary>
    public string Device { get; set; } = "auto";

    /// <summary>The encoder's ONNX file, where it is not the one that the spec names. Default: null.</summary>
    public string? EncoderPath { get; set; }

    /// <summary>Whether the model directory gets a copy of the encoder's file. Default: false.</summary>
    public bool CopyEncoder { get; set; }

    /// <summary>
    /// Whether tasks are refused where the encoder computes on another kind of processor than here. Default: false: each record's fingerprint
    /// names what made its code.
    /// </summary>
    public bool OneProcessor { get; set; }
}
