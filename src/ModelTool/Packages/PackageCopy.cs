using System.Text.Json;
using System.Text.Json.Nodes;
using ModelTool.Models;
using Scoring;
using Scoring.Repository;

namespace ModelTool.Packages;

/// <summary>A package made from another one in a folder that nobody sees until it is whole; disposing it before <see cref="MoveTo"/> leaves nothing.</summary>
internal sealed class PackageCopy : IDisposable
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private PackageCopy(string folder) => Folder = folder;

    /// <summary>Where it is.</summary>
    public string Folder { get; }

    /// <summary>A copy for one process, in the temporary folder.</summary>
    /// <param name="source">The package's folder.</param>
    /// <param name="edit">Changes its model.json.</param>
    public static PackageCopy Temporary(string source, Action<JsonObject> edit) => Make(source, Directory.CreateTempSubdirectory("model-tool-").FullName, edit);

    /// <summary>A copy beside where it is to go.</summary>
    /// <exception cref="IOException">Something is there already.</exception>
    public static PackageCopy For(string source, string target, Action<JsonObject> edit)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(target));
        if (Path.Exists(full))
        {
            throw new IOException($"{target} is there already: name another folder with --out.");
        }

        var hidden = Path.Combine(Path.GetDirectoryName(full)!, $".{Path.GetFileName(full)}.{Guid.NewGuid():N}");
        Directory.CreateDirectory(hidden);
        return Make(source, hidden, edit);
    }

    /// <summary>Changes its model.json, which comes to be where something is put into it.</summary>
    public void EditConfig(Action<JsonObject> edit) => EditConfig(Folder, Folder, edit);

    /// <summary>Puts another model in place of the one copied, all its weights inside; files of the old one's weights are removed.</summary>
    public void ReplaceModel(byte[] model)
    {
        var path = Path.Combine(Folder, ModelPackage.ModelFile);
        foreach (var file in ExternalWeights.Files(ModelFile.Read(path)).Where(file => PackageNames.IsPath(file)))
        {
            File.Delete(Path.Combine(Folder, file));
        }

        File.WriteAllBytes(path, model);
    }

    /// <summary>Shows the package under its name, whole.</summary>
    public void MoveTo(string target) => Directory.Move(Folder, Path.GetFullPath(target));

    public void Dispose()
    {
        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }
    }

    private static PackageCopy Make(string source, string folder, Action<JsonObject> edit)
    {
        var copy = new PackageCopy(folder);
        try
        {
            foreach (var (path, file) in PackageFolder.Files(source))
            {
                if (path != ModelPackage.ConfigFile && !PackageManifest.IsAbout(path))
                {
                    var to = Path.Combine(folder, path);
                    Directory.CreateDirectory(Path.GetDirectoryName(to)!);
                    file.CopyTo(to);
                    File.SetAttributes(to, FileAttributes.Normal);
                }
            }

            EditConfig(source, folder, edit);
            return copy;
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    private static void EditConfig(string source, string folder, Action<JsonObject> edit)
    {
        var path = Path.Combine(source, ModelPackage.ConfigFile);
        var config = !File.Exists(path) ? []
            : JsonNode.Parse(BoundedFile.ReadText(path, BoundedFile.MaxConfig), documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }) as JsonObject
                ?? throw new IOException($"{path} is no JSON object.");
        edit(config);
        if (File.Exists(path) || config.Count > 0)
        {
            File.WriteAllText(Path.Combine(folder, ModelPackage.ConfigFile), config.ToJsonString(Indented) + "\n");
        }
    }
}
