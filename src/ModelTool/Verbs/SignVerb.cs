using System.CommandLine;
using ModelTool.Native;
using Scoring.Repository;
using Scoring.Repository.Signing;

namespace ModelTool.Verbs;

/// <summary><c>sign NAME [VERSION] --key KEY</c></summary>
internal static class SignVerb
{
    public static Command Create(ToolContext context)
    {
        var name = Verb.ModelArgument();
        var version = new Argument<string?>("version") { Description = "Default: the live one.", Arity = ArgumentArity.ZeroOrOne };
        var key = new Option<string>("--key") { Description = "A private key, as keygen makes it.", Required = true };
        var (why, by) = (CommonOptions.Why(), CommonOptions.By());
        var json = CommonOptions.Json();
        var command = new Command("sign", "Compares a published version with its manifest and signs it, beside other keys that did: how a new key takes over from an old one.") { name, version, key, why, by, json }
            .WithExamples("sign intent --key release.key", "sign intent 3 --key release.key");
        return command.Runs(context, async (arguments, cancellationToken) =>
        {
            var repository = context.OpenRepository(arguments);
            var model = arguments.GetRequiredValue(name);
            var number = await VerifyVerb.VersionAsync(repository, model, arguments.GetValue(version), cancellationToken);
            using var signer = Keys.Private(arguments.GetRequiredValue(key));
            var verified = await new PackageVerifier(repository).VerifyAsync(model, number, PackageTrust.Everything, cancellationToken);
            await new PackagePublisher(repository) { Why = arguments.GetValue(why), By = arguments.GetValue(by) ?? CommonOptions.ByDefault() }.SignAsync(model, number, signer, cancellationToken);
            if (arguments.GetValue(json))
            {
                context.AnswerJson(new JsonParts().With("model", verified.Model).With("version", verified.Version).With("signedBy", signer.Public.Id));
            }
            else
            {
                context.Answer($"{model} version {number} is signed by the key {signer.Public.Id}.");
            }

            return Verb.Done;
        });
    }
}
