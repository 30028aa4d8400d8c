using LegoNet.Hosting;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers LegoNet models with a host's services.</summary>
public static class LegoNetServiceCollectionExtensions
{
    /// <summary>Registers a host's only, or main, model: <see cref="LegoNetModelProvider"/> as a singleton.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets at least <see cref="LegoNetModelProviderOptions.Path"/>.</param>
    /// <returns>The services.</returns>
    /// <inheritdoc cref="AddLegoNet(IServiceCollection, string, Action{LegoNetModelProviderOptions})" path="/remarks"/>
    public static IServiceCollection AddLegoNet(this IServiceCollection services, Action<LegoNetModelProviderOptions> configure)
        => AddLegoNet(services, Options.Options.DefaultName, configure);

    /// <summary>
    /// Registers one of several models: a singleton <see cref="LegoNetModelProvider"/> with the name as its service key
    /// (<c>[FromKeyedServices("name")]</c>). The empty name is the unkeyed registration.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="name">The model's name in this host.</param>
    /// <param name="configure">Sets at least <see cref="LegoNetModelProviderOptions.Path"/>.</param>
    /// <returns>The services.</returns>
    /// <remarks>
    /// The model is opened when the provider is first resolved, which throws <see cref="LegoNet.LegoNetException"/> where it can't
    /// be; resolve it at start-up to fail there. It is the named instance of <see cref="LegoNetModelProviderOptions"/> that is
    /// used, so configuration may add to it. A <see cref="TimeProvider"/> and an <see cref="ILogger{T}"/> among the services are used.
    /// </remarks>
    public static IServiceCollection AddLegoNet(this IServiceCollection services, string name, Action<LegoNetModelProviderOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<LegoNetModelProviderOptions>(name).Configure(configure);
        if (name == Options.Options.DefaultName)
        {
            services.TryAddSingleton(provider => Create(provider, name));
        }
        else
        {
            services.TryAddKeyedSingleton(name, (provider, _) => Create(provider, name));
        }

        return services;
    }

    private static LegoNetModelProvider Create(IServiceProvider services, string name) => new(
        services.GetRequiredService<IOptionsMonitor<LegoNetModelProviderOptions>>().Get(name),
        services.GetService<ILogger<LegoNetModelProvider>>(),
        services.GetService<TimeProvider>());
}
