using System.Collections.Immutable;
using System.Reflection.Metadata;

namespace LegoNet.Cli.Tests.Architecture;

/// <summary>Names the types of signatures, and tells of each type of the assembly itself that it meets.</summary>
/// <param name="found">Called with every type definition that a signature names.</param>
/// <param name="definitions">The assembly's own types by full name, nested ones as <c>Outer+Inner</c>: an attribute's values name types so.</param>
internal sealed class SignatureTypes(Action<TypeDefinitionHandle> found, IReadOnlyDictionary<string, TypeDefinitionHandle> definitions)
    : ISignatureTypeProvider<string, object?>, ICustomAttributeTypeProvider<string>
{
    public string GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind)
    {
        found(handle);
        return reader.GetString(reader.GetTypeDefinition(handle).Name);
    }

    public string GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind)
    {
        var reference = reader.GetTypeReference(handle);
        return $"{reader.GetString(reference.Namespace)}.{reader.GetString(reference.Name)}";
    }

    public string GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind)
        => reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

    public string GetTypeFromSerializedName(string name)
    {
        if (definitions.TryGetValue(name.Split(',')[0], out var handle))
        {
            found(handle);
        }

        return name;
    }

    public string GetPrimitiveType(PrimitiveTypeCode typeCode) => $"System.{typeCode}";

    public string GetArrayType(string elementType, ArrayShape shape) => $"{elementType}[]";

    public string GetSZArrayType(string elementType) => $"{elementType}[]";

    public string GetByReferenceType(string elementType) => elementType;

    public string GetPointerType(string elementType) => elementType;

    public string GetPinnedType(string elementType) => elementType;

    public string GetModifiedType(string modifier, string unmodifiedType, bool isRequired) => unmodifiedType;

    public string GetGenericInstantiation(string genericType, ImmutableArray<string> typeArguments) => genericType;

    public string GetGenericMethodParameter(object? genericContext, int index) => $"!!{index}";

    public string GetGenericTypeParameter(object? genericContext, int index) => $"!{index}";

    public string GetFunctionPointerType(MethodSignature<string> signature) => "System.IntPtr";

    public string GetSystemType() => "System.Type";

    public bool IsSystemType(string type) => type == "System.Type";

    // Every enum that an attribute here takes, the runtime's and ours, is an int.
    public PrimitiveTypeCode GetUnderlyingEnumType(string type) => PrimitiveTypeCode.Int32;
}
