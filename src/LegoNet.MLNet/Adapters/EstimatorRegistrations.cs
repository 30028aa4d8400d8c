using System.Collections.Concurrent;

namespace LegoNet.MLNet.Adapters;

/// <summary>The estimators that this program registered, by name.</summary>
internal static class EstimatorRegistrations
{
    private static readonly ConcurrentDictionary<string, EstimatorRegistration> s_registrations = new(StringComparer.Ordinal);

    /// <summary>Keeps a registration, in place of what had the name before.</summary>
    public static void Set(string name, EstimatorRegistration registration) => s_registrations[name] = registration;

    /// <summary>Takes a registration back, as in a program that never made it.</summary>
    public static void Remove(string name) => s_registrations.TryRemove(name, out _);

    /// <summary>What is registered under a name; null when nothing is.</summary>
    public static EstimatorRegistration? Find(string name) => s_registrations.GetValueOrDefault(name);
}
