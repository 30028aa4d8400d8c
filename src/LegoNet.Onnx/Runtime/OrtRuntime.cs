using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.ML.OnnxRuntime;

namespace LegoNet.Onnx.Runtime;

/// <summary>The process's ONNX Runtime: its environment, the options every session of this project shares, and its failures in plain words.</summary>
internal static partial class OrtRuntime
{
    private static readonly Lock s_opening = new();
    private static readonly Lazy<OrtEnv> s_environment = new(CreateEnvironment);

    /// <summary>The process's environment.</summary>
    /// <exception cref="LegoNetException">ONNX Runtime's native library cannot be loaded.</exception>
    public static OrtEnv Environment
    {
        get
        {
            try
            {
                return s_environment.Value;
            }
            catch (Exception e) when (Unwrap(e) is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException)
            {
                throw LegoNetException.BadInput($"ONNX Runtime's native library cannot be loaded ({FirstLine(Unwrap(e))})", e);
            }
        }
    }

    /// <summary>Name and version of the native library, e.g. "onnxruntime 1.29.0".</summary>
    public static string Version => $"onnxruntime {Environment.GetVersionString()}";

    /// <summary>
    /// Options with everything pinned that could change a bit of a result or write to the console: one thread, one node after the
    /// other, a fixed optimisation level, denormals kept.
    /// </summary>
    /// <param name="threads">Threads inside one inference; anything but 1 is for measuring only.</param>
    public static SessionOptions Options(int threads = 1)
    {
        _ = Environment;
        var options = new SessionOptions
        {
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            EnableCpuMemArena = true,
            EnableMemoryPattern = true,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };

        // The defaults of 1.29 written down, so that another default of another version cannot change codes silently.
        options.AddSessionConfigEntry("session.set_denormal_as_zero", "0");
        options.AddSessionConfigEntry("session.disable_prepacking", "0");
        options.AddSessionConfigEntry("session.enable_quant_qdq_cleanup", "0");
        options.AddSessionConfigEntry("mlas.enable_gemm_fastmath_arm64_bfloat16", "0");
        options.AddSessionConfigEntry("optimization.enable_gelu_approximation", "0");
        return options;
    }

    /// <summary>Options for one run: no log lines.</summary>
    public static RunOptions QuietRun() => new() { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };

    /// <summary>Registers the operators of onnxruntime-extensions (image decoding, tokenizers).</summary>
    /// <param name="options">The options to register with.</param>
    /// <param name="reason">Why it failed; null where it worked.</param>
    /// <returns>False where the extensions' library cannot be loaded.</returns>
    public static bool TryRegisterExtensions(SessionOptions options, out string? reason)
    {
        try
        {
            options.RegisterOrtExtensions();
            reason = null;
            return true;
        }
        catch (Exception e) when (IsFailure(e))
        {
            reason = FirstLine(e);
            return false;
        }
    }

    /// <summary>Opens a session on a model.</summary>
    /// <param name="model">The model's bytes.</param>
    /// <param name="options">Its options.</param>
    /// <remarks>
    /// One at a time in this process: with the extensions registered, a session enters their domain in a table of the process, and
    /// two that do so at once find each other's entry there and fail.
    /// </remarks>
    public static InferenceSession Open(byte[] model, SessionOptions options)
    {
        lock (s_opening)
        {
            return new InferenceSession(model, options);
        }
    }

    /// <summary>As <see cref="Open(byte[], SessionOptions)"/>, from a file.</summary>
    public static InferenceSession Open(string path, SessionOptions options)
    {
        lock (s_opening)
        {
            return new InferenceSession(path, options);
        }
    }

    /// <summary>True for what ONNX Runtime throws when a model, an input or a library does not suit it.</summary>
    public static bool IsFailure(Exception e)
        => Unwrap(e) is OnnxRuntimeException or DllNotFoundException or EntryPointNotFoundException or BadImageFormatException
            or NotSupportedException or ArgumentException;

    /// <summary>The first line of a failure's message without ONNX Runtime's prefixes and its addresses in source files.</summary>
    public static string FirstLine(Exception e)
    {
        var text = Unwrap(e).Message;
        var end = text.IndexOfAny(['\r', '\n']);
        text = (end < 0 ? text : text[..end]).Trim();
        if (text.StartsWith("[ErrorCode:", StringComparison.Ordinal))
        {
            text = text[(text.IndexOf(']', StringComparison.Ordinal) + 1)..];
        }

        // "/…/provider_bridge.cc:1988 …::Get() [ONNXRuntimeError] : 1 : FAIL : what happened": only the end speaks to a user.
        const string Inner = "[ONNXRuntimeError] : ";
        var nested = text.LastIndexOf(Inner, StringComparison.Ordinal);
        if (nested >= 0)
        {
            text = text[(nested + Inner.Length)..];
            var parts = text.Split(" : ", 3);
            text = parts[^1];
        }

        if (text.Contains("onnxruntime_providers_cuda", StringComparison.Ordinal) && text.Contains("No such file", StringComparison.Ordinal))
        {
            return "ONNX Runtime's CUDA library is not installed";
        }

        // "Failed to load library X with error: X: cannot open …" says everything twice.
        const string Cause = " with error: ";
        var cause = text.IndexOf(Cause, StringComparison.Ordinal);
        if (cause >= 0)
        {
            text = text[(cause + Cause.Length)..];
        }

        // Folders say nothing to a user, and where a build lies is nobody's business.
        return LibraryFolder().Replace(text, "").Trim().TrimEnd('.');
    }

    [GeneratedRegex(@"(?<=^|\s)/\S*/(?=[^/\s]+\.so)")]
    private static partial Regex LibraryFolder();

    private static Exception Unwrap(Exception e)
        => e is TypeInitializationException or TargetInvocationException && e.InnerException is { } inner ? Unwrap(inner) : e;

    private static OrtEnv CreateEnvironment()
    {
        if (!OrtEnv.IsCreated)
        {
            try
            {
                // Without this, a missing CUDA library or a broken image would print ONNX Runtime's own lines on stderr.
                var options = new EnvironmentCreationOptions { logId = "LegoNet", logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
                return OrtEnv.CreateInstanceWithOptions(ref options);
            }
            catch (OnnxRuntimeException)
            {
                // Someone else in the process (ML.NET, say) made the environment between the two lines: theirs stands.
            }
        }

        return OrtEnv.Instance();
    }
}
