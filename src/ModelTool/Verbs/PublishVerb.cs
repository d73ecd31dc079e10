using System.CommandLine;
using ModelTool.Measuring;
using ModelTool.Native;
using ModelTool.Packages;
using Scoring.Inference;
using Scoring.Repository;

namespace ModelTool.Verbs;

/// <summary><c>publish DIR --name NAME [--version N] [--golden-from DATA] [--sign KEY] [--no-live] [--no-check]</c></summary>
internal static class PublishVerb
{
    public static Command Create(ToolContext context)
    {
        var directory = new Argument<DirectoryInfo>("directory") { Description = "The package: a folder with model.onnx and what belongs to it." };
        var name = new Option<string>("--name") { Description = "The model's name.", Required = true };
        var version = new Option<string?>("--version") { Description = "The number to publish as. Default: the next one." };
        var golden = new Option<FileInfo?>("--golden-from") { Description = "CSV or JSON lines: makes golden.json of ten of its rows, with what the package answers now, and puts it into the package." };
        var sign = new Option<string?>("--sign") { Description = "A private key, as keygen makes it: its signature of the manifest is uploaded too." };
        var noLive = new Option<bool>("--no-live") { Description = "Upload only; the live version stays." };
        var noCheck = new Option<bool>("--no-check") { Description = "Upload without trying the package here first; servers try it all the same." };
        var (why, by) = (CommonOptions.Why(), CommonOptions.By());
        var json = CommonOptions.Json();
        var command = new Command("publish", "Tries a package, uploads it as a new version, then makes it live.") { directory, name, version, golden, sign, noLive, noCheck, why, by, json }
            .WithExamples("publish samples/intent/package --name intent", "publish my-package --name mine --golden-from rows.csv", "publish my-package --name mine --sign release.key");
        return command.Runs(context, async (arguments, cancellationToken) =>
        {
            var given = arguments.GetRequiredValue(directory);
            using var made = arguments.GetValue(golden) is { } data ? await MakeGoldenAsync(context, given, data, cancellationToken) : null;

            using var lighter = MappedWeights.Move(given.FullName);
            if (lighter is not null)
            {
                context.Say($"Weights of more than {MappedWeights.MaxInside >> 20} MiB are published in {ModelSession.MappedFile}, which a load maps instead of holding it twice.");
            }

            var folder = lighter is null ? given : new DirectoryInfo(lighter.Folder);
            var model = arguments.GetRequiredValue(name);
            var package = CheckVerb.LocalPackage(folder, model, arguments.GetValue(version) ?? "1");
            var repository = context.OpenRepository(arguments);
            using var signer = arguments.GetValue(sign) is { } key ? Keys.Private(key) : null;
            var publisher = new PackagePublisher(repository) { SignWith = signer, Why = arguments.GetValue(why), By = arguments.GetValue(by) ?? CommonOptions.ByDefault() };

            // What is there already was checked before.
            var isNew = await publisher.FindAsync(folder.FullName, model, arguments.GetValue(version), cancellationToken) is null;
            IReadOnlyList<string> warnings = package.GoldenPath is null ? [PackageCheck.NothingCompared] : [];
            if (isNew && arguments.GetValue(noCheck) && package.GoldenPath is null)
            {
                context.Say($"Warning: {PackageCheck.NothingCompared}");
            }
            else if (isNew && !arguments.GetValue(noCheck))
            {
                var check = new PackageCheck(context);
                var report = await check.RunAsync(package, cancellationToken);
                if (!report.Passed)
                {
                    context.Say("Nothing was published. To publish it all the same: --no-check");
                    if (arguments.GetValue(json))
                    {
                        context.AnswerJson(new JsonParts().With("verdict", "refused").With("check", report));
                    }

                    return Verb.Refused;
                }

                warnings = PackageCheck.Warnings(report);
                await check.RememberAsync(package.ContentHash, report, context.RepositoryOf(arguments), cancellationToken);
            }

            // Where two keys must sign, the second has not yet.
            var needsTwo = Keys.Trusted(context, []).NeedsTwo(model);
            var result = await publisher.PublishAsync(folder.FullName, model, arguments.GetValue(version), !arguments.GetValue(noLive) && !needsTwo, cancellationToken);
            made?.Keep();
            if (arguments.GetValue(json))
            {
                context.AnswerJson(new JsonParts().With("verdict", result.Uploaded ? "published" : "thereAlready").With("model", result.Model).With("version", result.Version)
                    .With("live", result.Live).With("previous", result.Previous).With("repository", repository.Location).With("sha256", result.Manifest.ModelSha256())
                    .With("signedBy", signer?.Public.Id).With("bytes", result.Manifest.TotalBytes()).With("warnings", warnings));
                return Verb.Done;
            }

            context.Answer(Describe(result, repository.Location));
            if (needsTwo && !result.Live)
            {
                context.Answer($"{model} needs two signatures (TwoSignatures). First, by another key than the publisher's: model sign {model} {result.Version} --key OTHER.key");
            }

            if (signer is not null)
            {
                context.Answer($"It is signed by the key {signer.Public.Id}.");
            }

            return Verb.Done;
        });
    }

    private static async Task<MadeGolden> MakeGoldenAsync(ToolContext context, DirectoryInfo folder, FileInfo data, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder.FullName, ModelPackage.GoldenFile);
        if (File.Exists(path))
        {
            throw new IOException($"{path} is there already. Delete it to have it made anew, or publish without --golden-from.");
        }

        if (!data.Exists)
        {
            throw new IOException($"There is no file {data.FullName}.");
        }

        var found = await context.StepAsync<GoldenFound>(new GoldenFromDataStep(folder.FullName, data.FullName), folder.Name, cancellationToken);
        context.Say($"{found.Cases} golden cases made of {data.Name}: {path}. They hold what this version answers; look whether it is right.");
        if (found.LeftOut > 0)
        {
            context.Say($"Rows left out: {found.LeftOut}. The first: {found.Reason}");
        }

        return new MadeGolden(path);
    }

    private static string Describe(PublishResult result, string location)
    {
        var what = $"{result.Model} version {result.Version}";
        if (!result.Uploaded && result is { Live: true, Previous: null })
        {
            return $"{what} holds exactly this already and is live: nothing to do.";
        }

        var uploaded = result.Uploaded
            ? $"{what} published to {location} (model.onnx sha256 {result.Manifest.ModelSha256()}, {result.Manifest.TotalBytes()} bytes)"
            : $"{what} holds exactly this already";
        return (result.Live, result.Previous) switch
        {
            (true, null) => $"{uploaded}; it is live.",
            (true, var previous) => $"{uploaded}; it is live, version {previous} was before.",
            _ => $"{uploaded}; it is not live. To make it live: model live {result.Model} {result.Version}",
        };
    }
}
