using System.Text.Json.Nodes;
using ModelTool.Native;
using Scoring;
using Scoring.Repository;

namespace ModelTool.Training.Heads;

/// <summary>A published encoder: its package on this disk, and what its model.json says.</summary>
/// <param name="Folder">The package.</param>
/// <param name="Name">As it was named.</param>
/// <param name="Config">Its model.json.</param>
/// <param name="IsFetched">True where the folder goes with it.</param>
internal sealed record EncoderPackage(string Folder, string Name, JsonObject Config, bool IsFetched) : IDisposable
{
    /// <summary>Its only feature, a text with a tokenizer.</summary>
    public JsonObject Feature => (JsonObject)Config["features"]![0]!;

    /// <summary>Opens a package's folder, or fetches the live version of a model that is published.</summary>
    /// <exception cref="IOException">There is neither.</exception>
    /// <exception cref="RefusedException">It takes something else than one text.</exception>
    public static async Task<EncoderPackage> OpenAsync(IPackageRepository? repository, string name, CancellationToken cancellationToken)
    {
        var folder = repository is null ? Path.GetFullPath(name) : await FetchAsync(repository, name, cancellationToken);
        var path = Path.Combine(folder, ModelPackage.ConfigFile);
        var config = File.Exists(path) ? JsonNode.Parse(BoundedFile.ReadText(path, BoundedFile.MaxConfig)) as JsonObject : null;
        return config?["features"] is JsonArray { Count: 1 } features && features[0]?["type"]?.GetValue<string>() == "text" && features[0]!["tokenizer"] is not null
            ? new EncoderPackage(folder, name, config, repository is not null)
            : throw new RefusedException($"--encoder {name}: its model.json tells of no single feature of the type text with a tokenizer, so no text can be given to it.");
    }

    public void Dispose()
    {
        if (IsFetched)
        {
            Directory.Delete(Folder, recursive: true);
        }
    }

    private static async Task<string> FetchAsync(IPackageRepository repository, string name, CancellationToken cancellationToken)
    {
        if (!PackageNames.IsModel(name) || await repository.ReadLiveAsync(name, null, cancellationToken) is not { State.Pointer.Version: { } version })
        {
            var near = Spelling.Nearest(name, await repository.ListModelsAsync(cancellationToken)) is { } model ? $"; did you mean {model}?" : ".";
            throw new IOException($"--encoder {name}: there is no folder of this name, and no live model in {repository.Location}{near}");
        }

        var to = Directory.CreateTempSubdirectory("model-tool-").FullName;
        foreach (var file in (await repository.ListFilesAsync(name, version, cancellationToken)).Files)
        {
            var path = Path.Combine(to, file.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await using var content = await repository.OpenAsync(name, version, file.Path, cancellationToken) ?? throw new IOException($"{name} version {version}: {file.Path} is gone.");
            await using var local = File.Create(path);
            await content.CopyToAsync(local, cancellationToken);
        }

        return to;
    }
}
