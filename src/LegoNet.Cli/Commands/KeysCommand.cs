using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using LegoNet.Audit;

namespace LegoNet.Cli.Commands;

/// <summary>legonet keys list|rotate|revoke MODEL</summary>
internal static class KeysCommand
{
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
            return Show(opened, opened.VerificationKeys, "");
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
            return Show(opened, opened.VerificationKeys, $"The key {created.Fingerprint} signs from now on.\n");
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
        reason.AcceptOnlyFromAmong("lost", "stolen");
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
            var stolen = parsed.GetValue(reason) == "stolen";
            var created = opened.History.RevokeKey(stolen ? KeyLoss.Stolen : KeyLoss.Lost, parsed.GetValue(newKey));
            return Show(opened, opened.VerificationKeys, $"The key {created.Fingerprint} signs from now on, and vouches for the ledger's entries so far.\n"
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

    private static CommandResult Show(LegoNetModel model, IReadOnlyList<VerificationKey> keys, string done)
    {
        var name = model.History.Head.Model;
        var text = new StringBuilder(done);
        var array = new JsonArray();
        foreach (var key in keys)
        {
            var validity = key.Validity.FirstOrDefault(v => v.Model == name);
            var revoked = key.Validity.Any(v => v.IsRevoked);
            var last = validity?.Last is { } number ? $"to {number}" : "on";
            text.AppendLine($"{key.Fingerprint}  entries from {validity?.First ?? 1} {last}{(revoked ? ", stolen and revoked" : "")}");
            array.Add(new JsonObject { ["key"] = key.Fingerprint, ["first"] = validity?.First ?? 1, ["last"] = validity?.Last, ["revoked"] = revoked });
        }

        if (done.Length > 0)
        {
            text.AppendLine("Give the public keys' file, which lists them with these limits, to whoever checks receipts and proofs.");
        }

        return new CommandResult(new JsonObject { ["model"] = name, ["keys"] = array }, text.ToString());
    }
}
