using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace LegoNet.TestSupport;

/// <summary>An assembly's public surface as sorted lines of text, and its comparison with the text that is committed.</summary>
internal static class PublicApi
{
    /// <summary>Set to 1, it rewrites the committed text instead of comparing with it.</summary>
    public const string UpdateVariable = "LEGONET_UPDATE_API";

    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<Type, string> s_keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(sbyte)] = "sbyte",
        [typeof(short)] = "short",
        [typeof(ushort)] = "ushort",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(char)] = "char",
        [typeof(string)] = "string",
        [typeof(object)] = "object",
    };

    /// <summary>Compares an assembly with the text at a path relative to the repository's root.</summary>
    public static void AssertCommitted(Assembly assembly, string file)
    {
        var path = Path.Combine(Repository.Root, file.Replace('/', Path.DirectorySeparatorChar));
        var actual = Describe(assembly.GetExportedTypes());
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1")
        {
            File.WriteAllText(path, string.Join('\n', actual) + "\n");
            return;
        }

        string[] committed = File.Exists(path) ? File.ReadAllLines(path) : [];
        var gone = committed.Except(actual).Select(line => "- " + line);
        var come = actual.Except(committed).Select(line => "+ " + line);
        string[] differences = [.. gone, .. come];
        Assert.True(
            committed.SequenceEqual(actual),
            $"The public API of {assembly.GetName().Name} is not the one in {file}. If the change is meant, run the test with {UpdateVariable}=1, "
            + $"which rewrites the file, and commit it.\n{string.Join('\n', differences)}");
    }

    /// <summary>One line for each type and each member that code outside the assembly can use.</summary>
    public static IReadOnlyList<string> Describe(IEnumerable<Type> types)
    {
        var lines = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var type in types.Where(t => !IsGenerated(t)))
        {
            var name = TypeName(type, null, qualified: true);
            lines.Add($"{name} {Kind(type)}{Bases(type)}");
            foreach (var member in type.GetMembers(Declared).Where(m => !IsGenerated(m)))
            {
                if (Describe(type, member) is { } line)
                {
                    lines.Add($"{name}.{line}");
                }
            }
        }

        return [.. lines];
    }

    private static string? Describe(Type type, MemberInfo member) => member switch
    {
        FieldInfo { IsSpecialName: true } => null, // An enumeration's value__.
        FieldInfo field => !IsVisible(field) ? null : type.IsEnum
            ? $"{field.Name} = {Convert.ToInt64(field.GetRawConstantValue(), CultureInfo.InvariantCulture)}"
            : $"{Modifiers(field)}{field.Name}{Value(field)} -> {Name(field.FieldType, Nullability().Create(field))}",
        ConstructorInfo constructor => IsVisible(constructor) && !constructor.IsStatic && !(type.BaseType == typeof(MulticastDelegate))
            ? $"{Access(constructor)}new({Parameters(constructor)})"
            : null,
        // Accessors and event methods are told with their property or event; operators are told here.
        MethodInfo method when !method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal) => IsVisible(method)
            ? $"{Access(method)}{Modifiers(method)}{method.Name}{Generics(method)}({Parameters(method)}) -> {Returned(method)}"
            : null,
        PropertyInfo property => Describe(property),
        EventInfo @event => IsVisible(@event.AddMethod!)
            ? $"{Access(@event.AddMethod!)}{Modifiers(@event.AddMethod!)}event {@event.Name} -> {Name(@event.EventHandlerType!, Nullability().Create(@event))}"
            : null,
        _ => null,
    };

    private static string? Describe(PropertyInfo property)
    {
        MethodInfo[] accessors = [.. property.GetAccessors(nonPublic: true).Where(IsVisible)];
        if (accessors.Length == 0)
        {
            return null;
        }

        var first = accessors[0];
        var required = property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "";
        var index = property.GetIndexParameters();
        var indices = index.Length == 0 ? "" : $"[{string.Join(", ", index.Select(Parameter))}]";
        var verbs = accessors.Select(a => Access(a) + (a == property.GetMethod ? "get;" : IsInit(a) ? "init;" : "set;"));
        var type = Name(property.PropertyType, Nullability().Create(property));
        return $"{required}{Modifiers(first)}{property.Name}{indices} {{ {string.Join(' ', verbs)} }} -> {type}";
    }

    private static bool IsInit(MethodInfo setter) => setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));

    private static bool IsVisible(MethodBase method) => method.IsPublic || ((method.IsFamily || method.IsFamilyOrAssembly) && !method.DeclaringType!.IsSealed);

    private static bool IsVisible(FieldInfo field) => field.IsPublic || ((field.IsFamily || field.IsFamilyOrAssembly) && !field.DeclaringType!.IsSealed);

    // What the compiler adds to records, closures and the like; its names can't be written in C#.
    private static bool IsGenerated(MemberInfo member)
        => member.Name.Contains('<', StringComparison.Ordinal)
            || (member is not PropertyInfo and not EventInfo && member.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false));

    private static string Access(MethodBase method) => method.IsPublic ? "" : "protected ";

    private static string Modifiers(MethodInfo method) => method switch
    {
        { DeclaringType.IsInterface: true, IsStatic: false } => "",
        { IsStatic: true, IsAbstract: true } => "static abstract ",
        { IsStatic: true } => "static ",
        { IsAbstract: true } => "abstract ",
        { IsVirtual: true } when method.GetBaseDefinition() != method => "override ",
        { IsVirtual: true, IsFinal: false } when !method.DeclaringType!.IsSealed => "virtual ",
        _ => "",
    };

    private static string Modifiers(FieldInfo field)
        => field.IsLiteral ? "const " : (field.IsStatic ? "static " : "") + (field.IsInitOnly ? "readonly " : "");

    private static string Kind(Type type)
    {
        if (type.BaseType == typeof(MulticastDelegate))
        {
            var invoke = type.GetMethod("Invoke")!;
            return $"delegate ({Parameters(invoke)}) -> {Returned(invoke)}";
        }

        if (type.IsEnum)
        {
            return (type.IsDefined(typeof(FlagsAttribute)) ? "flags " : "") + "enum";
        }

        if (type.IsInterface)
        {
            return "interface";
        }

        if (type.IsValueType)
        {
            return (type.IsDefined(typeof(IsReadOnlyAttribute)) ? "readonly " : "") + (type.IsByRefLike ? "ref " : "") + "struct";
        }

        var kind = type.GetMethod("<Clone>$") is null ? "class" : "record";
        return (type.IsAbstract && type.IsSealed ? "static " : type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "") + kind;
    }

    private static string Bases(Type type)
    {
        if (type.IsEnum || type.BaseType == typeof(MulticastDelegate))
        {
            return "";
        }

        var bases = new List<string>();
        if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType))
        {
            bases.Add(Name(parent));
        }

        var interfaces = type.GetInterfaces();
        var inherited = interfaces.SelectMany(i => i.GetInterfaces()).Concat(type.BaseType?.GetInterfaces() ?? []).ToHashSet();
        var ownEquality = type.IsGenericTypeDefinition || type.IsByRefLike ? null : typeof(IEquatable<>).MakeGenericType(type); // Every record has it.
        bases.AddRange(interfaces.Where(i => i.IsVisible && i != ownEquality && !inherited.Contains(i)).Select(i => Name(i)).Order(StringComparer.Ordinal));
        return bases.Count == 0 ? "" : " : " + string.Join(", ", bases);
    }

    private static string Parameters(MethodBase method)
    {
        var self = method.IsDefined(typeof(ExtensionAttribute), inherit: false) ? "this " : "";
        return self + string.Join(", ", method.GetParameters().Select(Parameter));
    }

    private static string Parameter(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        var prefix = !type.IsByRef ? "" : parameter.IsOut ? "out " : parameter.IsIn ? "in " : "ref ";
        var collection = parameter.IsDefined(typeof(ParamArrayAttribute)) || parameter.IsDefined(typeof(ParamCollectionAttribute)) ? "params " : "";
        var value = parameter.HasDefaultValue ? " = " + Default(parameter) : "";
        return $"{collection}{prefix}{Name(type, Nullability().Create(parameter))} {parameter.Name}{value}";
    }

    private static string Returned(MethodInfo method) => Name(method.ReturnType, Nullability().Create(method.ReturnParameter));

    private static string Value(FieldInfo field) => field.IsLiteral ? " = " + Literal(field.GetRawConstantValue()) : "";

    private static string Default(ParameterInfo parameter)
        => parameter.RawDefaultValue is null && parameter.ParameterType.IsValueType && Nullable.GetUnderlyingType(parameter.ParameterType) is null
            ? "default"
            : Literal(parameter.RawDefaultValue);

    private static string Literal(object? value) => value switch
    {
        null => "null",
        string text => $"\"{text.ReplaceLineEndings("\\n")}\"",
        char letter => $"'{letter}'",
        bool flag => flag ? "true" : "false",
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        float number => number.ToString("R", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };

    private static string Generics(MethodInfo method)
        => method.IsGenericMethodDefinition ? $"<{string.Join(", ", method.GetGenericArguments().Select(a => a.Name))}>" : "";

    // The context keeps what it has seen and is not thread-safe, hence one each time.
    private static NullabilityInfoContext Nullability() => new();

    private static string Name(Type type, NullabilityInfo? nullability = null)
    {
        if (type.IsByRef)
        {
            return Name(type.GetElementType()!, nullability?.ElementType ?? nullability);
        }

        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Name(underlying, nullability) + "?";
        }

        var isNullable = nullability?.ReadState == NullabilityState.Nullable || nullability?.WriteState == NullabilityState.Nullable;
        var mark = !type.IsValueType && isNullable ? "?" : "";
        if (type.IsArray)
        {
            return $"{Name(type.GetElementType()!, nullability?.ElementType)}[{new string(',', type.GetArrayRank() - 1)}]{mark}";
        }

        if (type.IsPointer)
        {
            return Name(type.GetElementType()!) + "*";
        }

        if (s_keywords.TryGetValue(type, out var keyword))
        {
            return keyword + mark;
        }

        if (type.IsGenericParameter)
        {
            return type.Name + mark;
        }

        return TypeName(type, nullability) + mark;
    }

    private static string TypeName(Type type, NullabilityInfo? nullability, bool qualified = false)
    {
        // The types described and the project's own by their full names, everything else by the name that sources use.
        var name = new StringBuilder();
        if (type.DeclaringType is { } outer)
        {
            name.Append(TypeName(outer, null, qualified)).Append('.');
        }
        else if (qualified || type.Namespace?.StartsWith("LegoNet", StringComparison.Ordinal) == true)
        {
            name.Append(type.Namespace).Append('.');
        }

        name.Append(type.Name.Split('`')[0]);
        if (type.IsGenericType)
        {
            var arguments = type.GetGenericArguments();
            var known = nullability?.GenericTypeArguments.Length == arguments.Length ? nullability.GenericTypeArguments : null;
            name.Append('<').AppendJoin(", ", arguments.Select((a, i) => Name(a, known?[i]))).Append('>');
        }

        return name.ToString();
    }
}
