using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using LegoNet.Audit;

namespace LegoNet.Cli.Commands;

/// <summary>legonet keys list|rotate|revoke MODEL</summary>
internal static class KeysCommand
{
    private const string Lost = "lost";
    private const string Stolen = "stolen";

    public static Command Create(CommandHost host) => new("keys", "Show the keys that sign a model's history, or change them.")
    {
        List(host),
        Rotate(host),
        Revoke(host),
    };

    private static Command List(CommandHost host)
    {
        var model = Arguments.Model();
        var publicKey = Arguments.PublicKey();
        var command = new Command("list", "Show the public keys, and for which entries of the ledger each is valid.") { model, publicKey };
        host.Bind(command, (parsed, context) =>
        {
            using var opened = LegoNetModel.Open(parsed.GetValue(model)!, Options(parsed, publicKey, context));
            return Show(opened, "", null);
        });
        return command;
    }

    private static Command Rotate(CommandHost host)
    {
        var model = Arguments.Model();
        var newKey = NewKey();
        var (key, signingKey, publicKey) = (Arguments.Key(), Arguments.SigningKey(), Arguments.PublicKey());
        var command = new Command("rotate", "Make a new key sign from now on. The key in use endorses it, and then signs nothing more.")
        {
            model, newKey, key, signingKey, publicKey,
        };
        host.Bind(command, (parsed, context) =>
        {
            using var opened = LegoNetModel.Open(parsed.GetValue(model)!, Arguments.Options(parsed, key, null, signingKey, publicKey, context));
            var created = opened.History.RotateKey(parsed.GetValue(newKey));
            return Changed(opened, parsed.GetValue(newKey), parsed.GetValue(publicKey), $"The key {created.Fingerprint} signs from now on.\n");
        });
        return command;
    }

    private static Command Revoke(CommandHost host)
    {
        var model = Arguments.Model();
        var reason = new Option<string>("--reason")
        {
            Description = "lost: nobody has the key any more, and what it signed goes on to hold. "
                + "stolen: somebody else may have it, so no receipt and no proof signed with it holds any more.",
            Required = true,
        };
        reason.HelpName = $"{Lost}|{Stolen}";
        reason.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && result.Tokens[0].Value is var value and not (Lost or Stolen))
            {
                result.AddError($"--reason must be {Lost} or {Stolen}, not \"{value}\".");
            }
        });
        var newKey = NewKey();
        var (key, signingKey, publicKey) = (Arguments.Key(), Arguments.SigningKey(), Arguments.PublicKey());
        var command = new Command(
            "revoke",
            "Make a new key sign in place of one that was lost or stolen. "
            + "Where it was stolen, first see in `legonet ledger list` that no entry is the thief's.")
        {
            model, reason, newKey, key, signingKey, publicKey,
        };
        host.Bind(command, (parsed, context) =>
        {
            using var opened = LegoNetModel.Open(parsed.GetValue(model)!, Arguments.Options(parsed, key, null, signingKey, publicKey, context));
            var stolen = parsed.GetValue(reason) == Stolen;
            var created = opened.History.RevokeKey(stolen ? KeyLoss.Stolen : KeyLoss.Lost, parsed.GetValue(newKey));
            return Changed(
                opened,
                parsed.GetValue(newKey),
                parsed.GetValue(publicKey),
                $"The key {created.Fingerprint} signs from now on, and vouches for the ledger's entries so far.\n"
                + (stolen ? "Receipts and proofs under the stolen key hold no more: make them again with `legonet receipt` and `legonet prove`.\n" : ""));
        });
        return command;
    }

    private static ModelOptions Options(ParseResult parsed, Option<string?> publicKey, CommandContext context) => new()
    {
        PublicKeyPath = parsed.GetValue(publicKey),
        Logger = new NoteLogger(context),
    };

    private static Option<string?> NewKey() => new("--new-key")
    {
        Description = "The new private key's file, made where it is missing (default: takes the place of MODEL.signing.pem).",
    };

    // What there is to do now that another key signs.
    private static CommandResult Changed(LegoNetModel model, string? newKey, string? publicKeys, string done)
        => Show(
            model,
            done + (newKey is null ? "" : $"Name its file from now on: --signing-key {newKey}.\n"),
            $"Give {publicKeys ?? model.Path + ".signing.pub.pem"}, which lists the keys with these limits, to whoever checks receipts and proofs.");

    private static CommandResult Show(LegoNetModel model, string before, string? after)
    {
        var name = model.History.Head.Model;
        var text = new StringBuilder(before);
        var array = new JsonArray();
        foreach (var key in model.VerificationKeys)
        {
            var validity = key.Validity.FirstOrDefault(v => v.Model == name);
            var revoked = key.Validity.Any(v => v.IsRevoked);
            var first = validity?.First ?? 1;
            var range = validity?.Last is not { } last ? $"entries {first} on" : last == first ? $"entry {first}" : $"entries {first} to {last}";
            text.AppendLine($"{key.Fingerprint}  {range}{(revoked ? ", stolen and revoked" : "")}");
            array.Add(new JsonObject { ["key"] = key.Fingerprint, ["first"] = first, ["last"] = validity?.Last, ["revoked"] = revoked });
        }

        return new CommandResult(new JsonObject { ["model"] = name, ["keys"] = array }, text.Append(after).ToString());
    }
}
