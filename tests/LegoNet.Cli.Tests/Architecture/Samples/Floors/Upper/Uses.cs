using System.ComponentModel;
using System.Globalization;
using LegoNet.Cli.Tests.Architecture.Samples.Floors.Lower;

namespace LegoNet.Cli.Tests.Architecture.Samples.Floors.Upper;

/// <summary>Uses the types of <see cref="Used"/>, each in one way.</summary>
internal static class Uses
{
    public const int Inlined = Used.Nowhere.Constant;

    public sealed class ByBase : Used.AsBase;

    public sealed class ByInterface : Used.IAsInterface;

    public sealed class ByField
    {
        public Used.AsField Field { get; }
    }

    public sealed class ByParameter
    {
        public static void Take(Used.AsParameter? value) => GC.KeepAlive(value);
    }

    public abstract class ByResult
    {
        public abstract Used.AsResult Give();
    }

    public sealed class ByConstraint<T>
        where T : Used.AsConstraint;

    public sealed class ByTypeArgument
    {
        public static object Make() => new List<Used.AsTypeArgument>();
    }

    public sealed class ByMethodArgument
    {
        public static object Make() => Array.Empty<Used.AsMethodArgument>();
    }

    public sealed class ByArrayElement
    {
        public static object Make() => new Used.AsArrayElement[1];
    }

    public sealed class ByLocal
    {
        public static bool Test(object value) => value is Used.AsLocal;
    }

    public sealed class ByTypeOf
    {
        public static string Name() => typeof(Used.AsTypeOf).Name;
    }

    [TypeConverter(typeof(Used.AsAttributeValue))]
    public sealed class ByAttributeValue;

    public sealed class ByCaught
    {
        public static void Try(Action action)
        {
            try
            {
                action();
            }
            catch (Used.AsCaught)
            {
                GC.KeepAlive(action);
            }
        }
    }

    public sealed class ByAttribute
    {
        public static void Take([Used.As] int value) => GC.KeepAlive(value);
    }

    public sealed class ByCallee
    {
        public static int Call() => Used.AsCallee.Call();
    }

    public sealed class ByLambda
    {
        public static Func<int, string> Make(string format) => i => (i + Used.InLambda.Call()).ToString(format, CultureInfo.InvariantCulture);
    }

    public sealed class ByIterator
    {
        public static IEnumerable<int> Give()
        {
            yield return Used.InIterator.Call();
        }
    }

    public sealed class ByAsync
    {
        public static async Task RunAsync() => await Used.InAsync.CallAsync();
    }
}
