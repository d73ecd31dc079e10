using System.CommandLine;
using ModelTool.Native;
using Scoring;
using Scoring.Repository;
using Scoring.Repository.Signing;

namespace ModelTool.Verbs;

/// <summary><c>verify NAME [VERSION] [--key PUB]</c></summary>
internal static class VerifyVerb
{
    public static Command Create(ToolContext context)
    {
        var name = Verb.ModelArgument();
        var version = new Argument<string?>("version") { Description = "Default: the live one.", Arity = ArgumentArity.ZeroOrOne };
        var key = new Option<string[]>("--key") { Description = "A public key, one of which must have signed it. Default: Scoring__TrustedKeys; without any, the content alone is compared with the manifest.", AllowMultipleArgumentsPerToken = true };
        var json = CommonOptions.Json();
        var command = new Command("verify", "Compares every byte of a published version with its manifest, and the manifest with its signature.") { name, version, key, json }
            .WithExamples("verify intent --key release.pub", "verify intent 3 --key old.pub --key new.pub");
        return command.Runs(context, async (arguments, cancellationToken) =>
        {
            var repository = context.OpenRepository(arguments);
            var model = arguments.GetRequiredValue(name);
            var number = await VersionAsync(repository, model, arguments.GetValue(version), cancellationToken);
            try
            {
                var verified = await new PackageVerifier(repository).VerifyAsync(model, number, Keys.Trusted(context, arguments.GetValue(key) ?? []), cancellationToken);
                if (arguments.GetValue(json))
                {
                    context.AnswerJson(new JsonParts().With("verdict", "verified").With("model", verified.Model).With("version", verified.Version).With("sha256", verified.Sha256)
                        .With("files", verified.Files).With("bytes", verified.Bytes).With("signedBy", verified.SignedBy).With("signatures", verified.Signatures));
                }
                else
                {
                    context.Answer(Describe(verified));
                }

                return Verb.Done;
            }
            catch (PackageFaultException refusal)
            {
                context.Say(refusal.Message);
                if (arguments.GetValue(json))
                {
                    context.AnswerJson(new JsonParts().With("verdict", "refused").With("model", model).With("version", number).With("reason", refusal.Message));
                }

                return Verb.Refused;
            }
        });
    }

    /// <summary>The version that was asked for, or the live one.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.ModelNotFound"/>: none is live.</exception>
    internal static async Task<string> VersionAsync(IPackageRepository repository, string model, string? asked, CancellationToken cancellationToken)
    {
        PackageNames.RequireModel(model);
        return asked ?? (await repository.ReadLiveAsync(model, null, cancellationToken)).State?.Pointer.Version
            ?? throw new ScoringException(ErrorCode.ModelNotFound, $"'{model}' has no live version: name one.");
    }

    private static string Describe(VerifiedPackage verified)
    {
        var what = $"{verified.Model} version {verified.Version} is what its manifest says ({verified.Files} files, {verified.Bytes} bytes, model.onnx sha256 {verified.Sha256})";
        return verified.SignedBy is { } id ? $"{what}, signed by the key {id}."
            : verified.Signatures.Count == 0 ? $"{what}. It is unsigned."
            : $"{what}. It has signatures that were not checked, since no --key was given: {string.Join(", ", verified.Signatures)}.";
    }
}
