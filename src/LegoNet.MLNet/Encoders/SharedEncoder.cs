using LegoNet.Encoders;

namespace LegoNet.MLNet.Encoders;

/// <summary>An encoder with several users; the last one that lets go disposes it.</summary>
internal sealed class SharedEncoder(ICodeEncoder encoder)
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
            ObjectDisposedException.ThrowIf(_users == 0, typeof(EncodeOnnxTransformer));
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
