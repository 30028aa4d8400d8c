using System.CommandLine;
using System.Text.Json.Nodes;
using LegoNet.Audit;

namespace LegoNet.Cli.Commands;

/// <summary>legonet prove MODEL --subject S [--out PROOF.json]</summary>
internal static class ProveCommand
{
    public static Command Create(CommandHost host)
    {
        var model = Arguments.Model();
        var subject = new Option<string>("--subject") { Description = "The subject.", Required = true };
        var output = new Option<string?>("--out") { Description = "Write the proof to this file (default: print it)." };
        var (key, signingKey) = (Arguments.Key(), Arguments.SigningKey());
        var command = new Command(
            "prove",
            "Prove that a subject has records in the model, or that it has none; `legonet check` checks the proof without the model.")
        {
            model, subject, output, key, signingKey,
        };
        host.Bind(command, (parsed, context) =>
        {
            var path = parsed.GetValue(output) is { } asked ? Outputs.Prepare(asked, parsed.GetValue(model)!) : null;
            using var opened = context.Open(parsed.GetValue(model)!, Arguments.Options(parsed, key, null, signingKey));
            var proof = opened.Prove(parsed.GetValue(subject)!);
            var json = proof.ToJson();
            if (path is null)
            {
                return new CommandResult(JsonNode.Parse(json)!.AsObject(), json);
            }

            File.WriteAllText(path, json + "\n");
            var stored = proof.Kind == MembershipKind.Presence ? "presence: something" : "absence: nothing";
            return new CommandResult(
                JsonNode.Parse(json)!.AsObject(),
                $"""
                Proof of {stored} is stored under this subject's tag; {json.Length + 1:N0} bytes in {path}.
                tag    {proof.SubjectTag}
                model  {proof.Head.Model}, entry {proof.Head.Sequence}
                root   {proof.RootDigest}
                signer {proof.Signer}
                """);
        });
        return command;
    }
}
