using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace LegoNet.Cli.Tests.Architecture;

/// <summary>The tokens in a method's instructions.</summary>
internal static class MethodTokens
{
    private const byte TwoBytePrefix = 0xFE;

    private static readonly Dictionary<ushort, OperandType> s_operands = typeof(OpCodes).GetFields()
        .Select(f => (OpCode)f.GetValue(null)!)
        .ToDictionary(c => (ushort)c.Value, c => c.OperandType);

    /// <summary>Every type, member, signature and instantiation that the instructions name; strings are passed over.</summary>
    public static IEnumerable<EntityHandle> Read(byte[] instructions)
    {
        for (var at = 0; at < instructions.Length;)
        {
            ushort code = instructions[at++];
            if (code == TwoBytePrefix)
            {
                code = (ushort)((code << 8) | instructions[at++]);
            }

            var operand = s_operands[code];
            if (operand is OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineSig or OperandType.InlineTok or OperandType.InlineType)
            {
                yield return (EntityHandle)MetadataTokens.Handle(BitConverter.ToInt32(instructions, at));
            }

            at += operand switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(instructions, at)),
                _ => 4,
            };
        }
    }
}
