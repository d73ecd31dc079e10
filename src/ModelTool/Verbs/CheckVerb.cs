using System.CommandLine;
using ModelTool.Native;
using Scoring.Repository;

namespace ModelTool.Verbs;

/// <summary><c>check DIR</c></summary>
internal static class CheckVerb
{
    public static Command Create(ToolContext context)
    {
        var directory = new Argument<DirectoryInfo>("directory") { Description = "The package: a folder with model.onnx and what belongs to it." };
        var json = CommonOptions.Json();
        var command = new Command("check", "Loads a package in a process of its own and runs its golden cases, as a server does before it serves it.") { directory, json }
            .WithExamples("check samples/intent/package");
        return command.Runs(context, async (arguments, cancellationToken) =>
        {
            var package = LocalPackage(arguments.GetRequiredValue(directory), "package", "1");
            var report = await new PackageCheck(context).RunAsync(package, cancellationToken);
            if (arguments.GetValue(json))
            {
                context.AnswerJson(new JsonParts().With("verdict", report.Passed ? "passed" : "refused").With("report", report).With("warnings", PackageCheck.Warnings(report)));
            }

            return report.Passed ? Verb.Done : Verb.Refused;
        });
    }

    /// <summary>The package in a folder, hashed.</summary>
    internal static ModelPackage LocalPackage(DirectoryInfo folder, string name, string version)
    {
        if (!folder.Exists)
        {
            throw new IOException($"There is no folder {folder.FullName}.");
        }

        var manifest = PackageVerification.Hash(folder.FullName);
        return new ModelPackage(name, version, manifest.ModelSha256(), folder.FullName, folder.FullName) { ContentHash = manifest.ContentHash(), Bytes = manifest.TotalBytes() };
    }
}
