namespace LegoNet.Cli.Tests.Architecture.Samples.Floors.Lower;

/// <summary>One type for each way in which <see cref="Upper.Uses"/> uses a type.</summary>
internal static class Used
{
    public class AsBase;

    public interface IAsInterface;

    public struct AsField;

    public sealed class AsParameter;

    public sealed class AsResult;

    public abstract class AsConstraint;

    public sealed class AsTypeArgument;

    public sealed class AsMethodArgument;

    public sealed class AsArrayElement;

    public sealed class AsLocal;

    public sealed class AsTypeOf;

    public sealed class AsAttributeValue;

    public sealed class AsCaught : Exception;

    [AttributeUsage(AttributeTargets.All)]
    public sealed class AsAttribute : Attribute;

    public static class AsCallee
    {
        public static int Call() => Environment.ProcessId;
    }

    public static class InLambda
    {
        public static int Call() => Environment.ProcessId;
    }

    public static class InIterator
    {
        public static int Call() => Environment.ProcessId;
    }

    public static class InAsync
    {
        public static Task CallAsync() => Task.CompletedTask;
    }

    public static class Nowhere
    {
        public const int Constant = 1;
    }
}
