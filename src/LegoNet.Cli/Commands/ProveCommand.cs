using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using LegoNet.Audit;
using LegoNet.Files;

namespace LegoNet.Cli.Commands;

/// <summary>legonet prove MODEL --subject S [--out PROOF.json]</summary>
internal static class ProveCommand
{
    public static Command Create(CommandHost host)
    {
        var model = Arguments.Model();
        var subject = new Option<string>("--subject") { Description = "The subject.", Required = true };
        var output = new Option<string?>("--out") { Description = "Write the proof to this file (default: print it)." };
        var (key, signingKey, force) = (Arguments.Key(), Arguments.SigningKey(), Outputs.Force());
        var command = new Command(
            "prove",
            "Prove that a subject has records in the model, or that it has none; `legonet check` checks the proof without the model.")
        {
            model, subject, output, force, key, signingKey,
        };
        host.Bind(command, (parsed, context) =>
        {
            var options = Arguments.Options(parsed, key, null, signingKey, context: context);
            using var file = parsed.GetValue(output) is { } asked
                ? OutputFile.Prepare(asked, MembershipProof.FileKind, parsed.GetValue(force), Outputs.Keys(options))
                : null;
            using var opened = LegoNetModel.Open(parsed.GetValue(model)!, options);
            var proof = opened.Prove(parsed.GetValue(subject)!);
            var json = proof.ToJson();
            if (file is null)
            {
                return new CommandResult(JsonNode.Parse(json)!.AsObject(), json);
            }

            file.Write(Encoding.UTF8.GetBytes(json + "\n"));
            var stored = proof.Kind == MembershipKind.Presence ? "presence: something" : "absence: nothing";
            return new CommandResult(
                JsonNode.Parse(json)!.AsObject(),
                $"""
                Proof of {stored} is stored under this subject's tag; {json.Length + 1:N0} bytes in {file.Path}.
                tag    {proof.SubjectTag}
                model  {proof.Head.Model}, entry {proof.Head.Sequence}
                root   {proof.RootDigest}
                signer {proof.Signer}
                """);
        });
        return command;
    }
}
