using System.ComponentModel.DataAnnotations;

namespace LegoNet.Hosting;

/// <summary>Settings of a <see cref="LegoNetModelProvider"/>. They are read once, when the provider is created.</summary>
public sealed class LegoNetModelProviderOptions
{
    /// <summary>The model directory. No default: it must be set.</summary>
    [Required(ErrorMessage = "Path is not set; it must name a model directory.")]
    public string Path { get; set; } = "";

    /// <summary>How often the manifest is read to see whether there is a newer commit. Default: 1 second. Range: 10 milliseconds to 1 minute.</summary>
    [Range(
        typeof(TimeSpan),
        "00:00:00.0100000",
        "00:01:00",
        ParseLimitsInInvariantCulture = true,
        ErrorMessage = "PollInterval must be from 10 milliseconds to 1 minute.")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a snapshot may still score after a newer commit was seen: long enough for a batch under way, short because the
    /// snapshot holds what that commit forgot. Default: 30 seconds. Range: 1 second to 1 day.
    /// </summary>
    [Range(
        typeof(TimeSpan),
        "00:00:01",
        "1.00:00:00",
        ParseLimitsInInvariantCulture = true,
        ErrorMessage = "SnapshotGracePeriod must be from 1 second to 1 day.")]
    public TimeSpan SnapshotGracePeriod { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// What happens to the state being served when the newest one can't be read, because a file of it is damaged or out of reach.
    /// Default: <see cref="ReloadFailureBehavior.KeepForGracePeriod"/>.
    /// </summary>
    [EnumDataType(typeof(ReloadFailureBehavior), ErrorMessage = "OnReloadFailure must be KeepForGracePeriod or StopAtOnce.")]
    public ReloadFailureBehavior OnReloadFailure { get; set; } = ReloadFailureBehavior.KeepForGracePeriod;

    internal void Validate()
    {
        var results = new List<ValidationResult>();
        if (!Validator.TryValidateObject(this, new ValidationContext(this), results, validateAllProperties: true))
        {
            throw LegoNetException.BadInput("LegoNet model options: " + string.Join(" ", results.Select(r => r.ErrorMessage)));
        }
    }
}
