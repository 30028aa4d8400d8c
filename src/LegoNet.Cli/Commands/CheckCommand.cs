using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using LegoNet.Audit;

namespace LegoNet.Cli.Commands;

/// <summary>legonet check PROOF.json --key PUB.pem</summary>
internal static class CheckCommand
{
    private const int MaximalProof = 1 << 17;

    public static Command Create(CommandHost host)
    {
        var file = new Argument<string>("PROOF") { Description = "A proof that `legonet prove` wrote." };
        var key = new Option<string>("--key")
        {
            Description = "The signer's public key (PEM), e.g. MODEL.signing.pub.pem; get it from where you trust it.",
            Required = true,
        };
        var receipt = new Option<string?>("--receipt") { Description = "The receipt of the change that the proof is to confirm." };
        var root = new Option<string?>("--root") { Description = "The root digest that the proof must be about, where you know it from elsewhere." };
        var model = new Option<string?>("--model")
        {
            Description = "The model's name that the proof must be about (as `legonet inspect` and every receipt show it), where you know it from elsewhere.",
        };
        var subject = new Option<string?>("--subject") { Description = "The subject's name, to see that the signer speaks of it." };
        var maxAge = new Option<string?>("--max-age")
        {
            Description = "How old the proof may be, e.g. 30d, 12h or 90m. Without it a proof from before the person came back holds, too.",
        };
        foreach (var digest in (Option<string?>[])[root, model])
        {
            digest.Validators.Add(result =>
            {
                if (result.GetValueOrDefault<string?>() is { } text && !(text.Length == 64 && text.All(char.IsAsciiHexDigit)))
                {
                    result.AddError($"{digest.Name} must be 64 hexadecimal digits.");
                }
            });
        }

        maxAge.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && ParseAge(text) is null)
            {
                result.AddError($"--max-age must be a number of days, hours or minutes such as 30d, 12h or 90m, not \"{text}\".");
            }
        });
        var command = new Command("check", "Check a proof of presence or absence, without the model.") { file, key, receipt, root, model, subject, maxAge };
        host.Bind(command, (parsed, context) =>
        {
            var path = parsed.GetValue(file)!;
            var keys = VerificationKey.Load(parsed.GetValue(key)!);
            var proof = MembershipProof.Parse(Inputs.ReadText(path, MaximalProof), path);
            var confirmed = parsed.GetValue(receipt) is { } receiptPath ? Receipts.Read(receiptPath) : null;
            return Show(proof, proof.Check(keys, new ProofExpectations
            {
                Receipt = confirmed,
                RootDigest = parsed.GetValue(root),
                Model = parsed.GetValue(model),
                Subject = parsed.GetValue(subject),
                MaxAge = parsed.GetValue(maxAge) is { } age ? ParseAge(age) : null,
            }));
        });
        return command;
    }

    private static CommandResult Show(MembershipProof proof, MembershipReport report)
    {
        var kind = proof.Kind == MembershipKind.Presence ? "presence" : "absence";
        var text = new StringBuilder($"The proof of {kind} {(report.Holds ? "holds" : "does not hold")}.\n");
        AppendList(text, "", report.Failures);
        AppendList(text, "Proven by computation, from the proof and the key alone:", report.Proven);
        AppendList(text, "The signer's word, which the proof does not replace:", report.SignersWord);
        if (report.Holds)
        {
            text.Append("Not covered: copies elsewhere, what the encoder learned before, outputs given out earlier.");
        }

        return new CommandResult(
            new JsonObject
            {
                ["holds"] = report.Holds,
                ["kind"] = kind,
                ["tag"] = proof.SubjectTag,
                ["model"] = proof.Head.Model,
                ["sequence"] = proof.Head.Sequence,
                ["root"] = proof.RootDigest,
                ["time"] = proof.Time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
                ["signer"] = proof.Signer,
                ["failures"] = Strings(report.Failures),
                ["proven"] = Strings(report.Proven),
                ["signersWord"] = Strings(report.SignersWord),
            },
            text.ToString(),
            report.Holds ? ExitCodes.Done : ExitCodes.VerificationFailed);
    }

    private static TimeSpan? ParseAge(string text)
    {
        const int Most = 100_000;
        return text.Length > 1 && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= Most
            ? text[^1] switch
            {
                'd' => TimeSpan.FromDays(number),
                'h' => TimeSpan.FromHours(number),
                'm' => TimeSpan.FromMinutes(number),
                _ => null,
            }
            : null;
    }

    private static void AppendList(StringBuilder text, string heading, IReadOnlyList<string> lines)
    {
        if (heading.Length > 0 && lines.Count > 0)
        {
            text.Append(heading).Append('\n');
        }

        foreach (var line in lines)
        {
            text.Append("  - ").Append(line).Append('\n');
        }
    }

    private static JsonArray Strings(IEnumerable<string> lines) => new([.. lines.Select(l => (JsonNode)l)]);
}
