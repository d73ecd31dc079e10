using System.CommandLine;
using ModelTool.Native;
using Scoring;
using Scoring.Repository;
using Scoring.Repository.Signing;

namespace ModelTool.Verbs;

/// <summary><c>sign NAME [VERSION] --key KEY [--signed-by PUB | --untrusted]</c></summary>
internal static class SignVerb
{
    public static Command Create(ToolContext context)
    {
        var name = Verb.ModelArgument();
        var version = new Argument<string?>("version") { Description = "Default: the live one.", Arity = ArgumentArity.ZeroOrOne };
        var key = new Option<string>("--key") { Description = "A private key, as keygen makes it.", Required = true };
        var signedBy = new Option<string[]>("--signed-by") { Description = "A public key, one of which must have signed it before. Default: Scoring__TrustedKeys.", AllowMultipleArgumentsPerToken = true };
        var untrusted = new Option<bool>("--untrusted") { Description = "Sign the version that is named whoever published it." };
        var (why, by) = (CommonOptions.Why(), CommonOptions.By());
        var json = CommonOptions.Json();
        var command = new Command("sign", "Compares a published version that a trusted key signed with its manifest, and signs it beside that key: how a new key takes over from an old one.")
        {
            name, version, key, signedBy, untrusted, why, by, json,
        }.WithExamples("sign intent --key new.key --signed-by old.pub", "sign intent 3 --key release.key --untrusted");
        return command.Runs(context, async (arguments, cancellationToken) =>
        {
            var repository = context.OpenRepository(arguments);
            var model = arguments.GetRequiredValue(name);
            var trust = TrustOf(context, arguments.GetValue(signedBy) ?? [], arguments.GetValue(untrusted), arguments.GetValue(version));
            var number = await VerifyVerb.VersionAsync(repository, model, arguments.GetValue(version), cancellationToken);
            using var signer = Keys.Private(arguments.GetRequiredValue(key));
            var verified = await new PackageVerifier(repository).VerifyAsync(model, number, trust, cancellationToken);
            await new PackagePublisher(repository) { Why = arguments.GetValue(why), By = arguments.GetValue(by) ?? CommonOptions.ByDefault() }.SignAsync(model, number, signer, stored => stored.Json.AsSpan().SequenceEqual(verified.Manifest), cancellationToken);
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

    // Who may write to the repository chooses the live version and what lies there: a signature would make it trusted. One key is enough, since this may be the second of two.
    private static PackageTrust TrustOf(ToolContext context, string[] signedBy, bool isUntrusted, string? version)
    {
        if (isUntrusted)
        {
            return version is null ? throw new ScoringException(ErrorCode.InvalidValue, "--untrusted needs the VERSION: the live pointer is not signed, so it may name any.") : PackageTrust.Everything;
        }

        return Keys.Trusted(context, signedBy) is { IsRequired: true } trusted
            ? new PackageTrust(trusted.Keys)
            : throw new ScoringException(
                ErrorCode.InvalidValue,
                "Nothing says whether this version was published by somebody trusted. Name the key that signed it, --signed-by PUB (or Scoring__TrustedKeys); or name the VERSION and --untrusted, once you know that it is what you want to vouch for.");
    }
}
