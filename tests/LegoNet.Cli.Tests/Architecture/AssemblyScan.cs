using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;

namespace LegoNet.Cli.Tests.Architecture;

/// <summary>
/// Walks through an assembly's metadata once, and collects which of its types uses which, and which members of other assemblies its methods name.
/// </summary>
internal sealed partial class AssemblyScan
{
    private readonly PEReader _image;
    private readonly MetadataReader _metadata;
    private readonly SignatureTypes _signatures;
    private readonly HashSet<TypeUse> _uses = [];
    private readonly HashSet<OutsideCall> _calls = [];
    private readonly Dictionary<string, int> _types = [];

    // Where the walk is.
    private string _space = "";
    private string _type = "";
    private string _method = "";

    public AssemblyScan(PEReader image, MetadataReader metadata)
    {
        _image = image;
        _metadata = metadata;
        _signatures = new SignatureTypes(Use, metadata.TypeDefinitions.ToDictionary(FullName));
    }

    public IReadOnlyDictionary<string, int> Types => _types;

    public IReadOnlySet<TypeUse> Uses => _uses;

    public IReadOnlySet<OutsideCall> Calls => _calls;

    public void Run()
    {
        foreach (var handle in _metadata.TypeDefinitions.Where(h => !IsForeign(h)))
        {
            var type = _metadata.GetTypeDefinition(handle);
            _space = Space(handle);
            _type = WrittenName(handle);
            _method = CompilersName().Match(_metadata.GetString(type.Name)) is { Success: true } made ? made.Groups[1].Value : "";
            if (type.GetDeclaringType().IsNil)
            {
                _types[_space] = _types.GetValueOrDefault(_space) + 1;
            }

            Scan(type);
        }
    }

    private void Scan(TypeDefinition type)
    {
        Use(type.BaseType);
        foreach (var implementation in type.GetInterfaceImplementations())
        {
            Use(_metadata.GetInterfaceImplementation(implementation).Interface);
        }

        foreach (var implementation in type.GetMethodImplementations())
        {
            Use(_metadata.GetMethodImplementation(implementation).MethodDeclaration);
        }

        foreach (var handle in type.GetFields())
        {
            var field = _metadata.GetFieldDefinition(handle);
            field.DecodeSignature(_signatures, null);
            UseAttributes(field.GetCustomAttributes());
        }

        foreach (var handle in type.GetProperties())
        {
            UseAttributes(_metadata.GetPropertyDefinition(handle).GetCustomAttributes());
        }

        foreach (var handle in type.GetEvents())
        {
            UseAttributes(_metadata.GetEventDefinition(handle).GetCustomAttributes());
        }

        UseAttributes(type.GetCustomAttributes());
        UseParameters(type.GetGenericParameters());
        var around = _method;
        foreach (var handle in type.GetMethods())
        {
            var method = _metadata.GetMethodDefinition(handle);
            var name = _metadata.GetString(method.Name);
            _method = CompilersName().Match(name) is { Success: true } made ? made.Groups[1].Value : around.Length > 0 ? around : name;
            Scan(method);
        }
    }

    private void Scan(MethodDefinition method)
    {
        method.DecodeSignature(_signatures, null);
        UseAttributes(method.GetCustomAttributes());
        UseParameters(method.GetGenericParameters());
        foreach (var parameter in method.GetParameters())
        {
            UseAttributes(_metadata.GetParameter(parameter).GetCustomAttributes());
        }

        if (method.RelativeVirtualAddress == 0)
        {
            return;
        }

        var body = _image.GetMethodBody(method.RelativeVirtualAddress);
        if (!body.LocalSignature.IsNil)
        {
            _metadata.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(_signatures, null);
        }

        foreach (var region in body.ExceptionRegions)
        {
            Use(region.CatchType);
        }

        foreach (var token in MethodTokens.Read(body.GetILBytes()!))
        {
            Use(token);
        }
    }

    private void UseParameters(GenericParameterHandleCollection parameters)
    {
        foreach (var handle in parameters)
        {
            var parameter = _metadata.GetGenericParameter(handle);
            UseAttributes(parameter.GetCustomAttributes());
            foreach (var constraint in parameter.GetConstraints())
            {
                Use(_metadata.GetGenericParameterConstraint(constraint).Type);
            }
        }
    }

    private void UseAttributes(CustomAttributeHandleCollection attributes)
    {
        foreach (var handle in attributes)
        {
            var attribute = _metadata.GetCustomAttribute(handle);
            Use(attribute.Constructor);
            attribute.DecodeValue(_signatures);
        }
    }

    private void Use(EntityHandle handle)
    {
        switch (handle.Kind)
        {
            case HandleKind.TypeDefinition when !handle.IsNil:
                Use((TypeDefinitionHandle)handle);
                break;
            case HandleKind.TypeSpecification:
                _metadata.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(_signatures, null);
                break;
            case HandleKind.MethodDefinition:
                Use(_metadata.GetMethodDefinition((MethodDefinitionHandle)handle).GetDeclaringType());
                break;
            case HandleKind.FieldDefinition:
                Use(_metadata.GetFieldDefinition((FieldDefinitionHandle)handle).GetDeclaringType());
                break;
            case HandleKind.MethodSpecification:
                var instance = _metadata.GetMethodSpecification((MethodSpecificationHandle)handle);
                instance.DecodeSignature(_signatures, null);
                Use(instance.Method);
                break;
            case HandleKind.StandaloneSignature:
                _metadata.GetStandaloneSignature((StandaloneSignatureHandle)handle).DecodeMethodSignature(_signatures, null);
                break;
            case HandleKind.MemberReference:
                Use(_metadata.GetMemberReference((MemberReferenceHandle)handle));
                break;
        }
    }

    private void Use(MemberReference member)
    {
        string? first = null;
        if (member.GetKind() == MemberReferenceKind.Method)
        {
            first = member.DecodeMethodSignature(_signatures, null).ParameterTypes.FirstOrDefault();
        }
        else
        {
            member.DecodeFieldSignature(_signatures, null);
        }

        if (member.Parent.Kind == HandleKind.TypeReference)
        {
            var type = _signatures.GetTypeFromReference(_metadata, (TypeReferenceHandle)member.Parent, 0);
            _calls.Add(new OutsideCall(_space, $"{_type}.{_method}", type, _metadata.GetString(member.Name), first));
        }
        else
        {
            Use(member.Parent);
        }
    }

    private void Use(TypeDefinitionHandle handle)
    {
        if (!IsForeign(handle))
        {
            _uses.Add(new TypeUse(_space, _type, Space(handle), WrittenName(handle)));
        }
    }

    private string Space(TypeDefinitionHandle handle) => _metadata.GetString(_metadata.GetTypeDefinition(Outermost(handle)).Namespace);

    private TypeDefinitionHandle Outermost(TypeDefinitionHandle handle)
    {
        var around = _metadata.GetTypeDefinition(handle).GetDeclaringType();
        return around.IsNil ? handle : Outermost(around);
    }

    /// <summary>The name as the source has it: that of the nearest type around which is not the compiler's.</summary>
    private string WrittenName(TypeDefinitionHandle handle)
    {
        var type = _metadata.GetTypeDefinition(handle);
        var name = _metadata.GetString(type.Name).Split('`')[0];
        var around = type.GetDeclaringType();
        return around.IsNil ? name : name.StartsWith('<') ? WrittenName(around) : $"{WrittenName(around)}.{name}";
    }

    private string FullName(TypeDefinitionHandle handle)
    {
        var type = _metadata.GetTypeDefinition(handle);
        var name = _metadata.GetString(type.Name);
        var space = _metadata.GetString(type.Namespace);
        var around = type.GetDeclaringType();
        return around.IsNil ? space.Length == 0 ? name : $"{space}.{name}" : $"{FullName(around)}+{name}";
    }

    /// <summary>True for what no source file of ours declares: anonymous types, the compiler's helpers, what a source generator wrote.</summary>
    private bool IsForeign(TypeDefinitionHandle handle)
    {
        var type = _metadata.GetTypeDefinition(Outermost(handle));
        return _metadata.GetString(type.Name).StartsWith('<')
            || type.GetCustomAttributes().Any(a => AttributeName(a) is "GeneratedCodeAttribute" or "EmbeddedAttribute");
    }

    private string AttributeName(CustomAttributeHandle handle)
    {
        var constructor = _metadata.GetCustomAttribute(handle).Constructor;
        if (constructor.Kind == HandleKind.MethodDefinition)
        {
            return _metadata.GetString(_metadata.GetTypeDefinition(_metadata.GetMethodDefinition((MethodDefinitionHandle)constructor).GetDeclaringType()).Name);
        }

        var parent = _metadata.GetMemberReference((MemberReferenceHandle)constructor).Parent;
        return parent.Kind == HandleKind.TypeReference ? _metadata.GetString(_metadata.GetTypeReference((TypeReferenceHandle)parent).Name) : "";
    }

    // <Run>d__3 and <Run>b__0_1 are pieces of Run; <>c and <>c__DisplayClass hold such pieces.
    [GeneratedRegex("^<+([^<>]+)>")]
    private static partial Regex CompilersName();
}
