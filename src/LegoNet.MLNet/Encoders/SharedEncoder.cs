using LegoNet.Encoders;

namespace LegoNet.MLNet.Encoders;

/// <summary>An encoder with several users; the last one that lets go disposes it.</summary>
/// <param name="encoder">The encoder.</param>
/// <param name="owner">The type that users know it by, which is named to one who comes too late.</param>
internal sealed class SharedEncoder(ICodeEncoder encoder, Type owner)
{
    private readonly Lock _lock = new();
    private int _users = 1;

    /// <summary>The encoder, for whoever holds on to this object.</summary>
    public ICodeEncoder Encoder => encoder;

    /// <summary>Holds on to the encoder.</summary>
    /// <exception cref="ObjectDisposedException">The last user let go already.</exception>
    public void Acquire()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_users == 0, owner);
            _users++;
        }
    }

    /// <summary>Lets go. Once for the creation, and once for each <see cref="Acquire"/>.</summary>
    public void Release()
    {
        lock (_lock)
        {
            if (--_users > 0)
            {
                return;
            }
        }

        encoder.Dispose();
    }
}
