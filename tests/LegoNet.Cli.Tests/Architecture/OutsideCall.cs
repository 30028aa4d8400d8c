namespace LegoNet.Cli.Tests.Architecture;

/// <summary>A method names a member of another assembly. What the compiler made of a lambda or an async method counts as the method it stands in.</summary>
/// <param name="FromNamespace">The caller's namespace.</param>
/// <param name="From">Type.Method.</param>
/// <param name="ToType">The member's type, with its namespace.</param>
/// <param name="ToMember">The member's name as metadata has it, for instance <c>.ctor</c> or <c>get_Length</c>.</param>
/// <param name="FirstParameter">The first parameter's type, null for a field or a method without parameters.</param>
internal sealed record OutsideCall(string FromNamespace, string From, string ToType, string ToMember, string? FirstParameter);
