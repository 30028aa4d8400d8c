using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.ML.Runtime;

namespace LegoNet.MLNet.Data;

/// <summary>Passes messages on to the log of an <see cref="Microsoft.ML.MLContext"/>.</summary>
internal sealed class HostLogger(IChannelProvider host) : ILogger
{
    /// <summary>The logger of the context that a catalog (<c>ml.MulticlassClassification.Trainers</c>, <c>ml.Data</c>, …) belongs to.</summary>
    /// <remarks>
    /// Catalogs show their context to ML.NET's own assemblies only, by an interface that all of them implement. It is found by name; should a
    /// version of ML.NET be without it, messages are dropped and nothing else changes.
    /// </remarks>
    public static ILogger Of(object catalog)
        => catalog.GetType().GetInterface("Microsoft.ML.Data.IInternalCatalog")?.GetProperty("Environment")?.GetValue(catalog) is IChannelProvider host
            ? new HostLogger(host)
            : NullLogger.Instance;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
        => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel is not LogLevel.None;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var message = formatter(state, exception);
        using var channel = host.Start("LegoNet");
        switch (logLevel)
        {
            case LogLevel.Trace or LogLevel.Debug:
                channel.Trace(MessageSensitivity.None, message);
                break;
            case LogLevel.Information:
                channel.Info(MessageSensitivity.None, message);
                break;
            case LogLevel.Warning:
                channel.Warning(MessageSensitivity.None, message);
                break;
            case LogLevel.Error or LogLevel.Critical:
                channel.Error(MessageSensitivity.None, message);
                break;
        }
    }
}
