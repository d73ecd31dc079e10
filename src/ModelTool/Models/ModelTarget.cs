using Scoring.Onnx;
using Scoring.Repository;

namespace ModelTool.Models;

/// <summary>The model that a verb was given: a package's folder, or an ONNX file of any name. Disposing it removes the copy that another name needs.</summary>
internal sealed class ModelTarget : IDisposable
{
    private readonly bool isCopy;

    private ModelTarget(string given, string folder, string modelPath, bool isCopy)
    {
        Given = given;
        Folder = folder;
        ModelPath = modelPath;
        this.isCopy = isCopy;
    }

    /// <summary>As the user wrote it.</summary>
    public string Given { get; }

    /// <summary>A folder that holds the model as <c>model.onnx</c>.</summary>
    public string Folder { get; }

    /// <summary>The ONNX file itself.</summary>
    public string ModelPath { get; }

    /// <summary>Where a package made of it goes by default: beside it, with this at the end of its name.</summary>
    public string Beside(string suffix)
    {
        var named = Path.TrimEndingDirectorySeparator(Given);
        return isCopy ? $"{Path.ChangeExtension(named, null)}-{suffix}" : Path.GetFileName(named) is "" or "." or ".." or ModelPackage.ModelFile ? $"{Folder}-{suffix}" : $"{named}-{suffix}";
    }

    /// <exception cref="IOException">There is no such file or folder, or no model in it.</exception>
    /// <exception cref="PackageFaultException">A link leaves the folder, or it holds too much.</exception>
    public static ModelTarget Open(string path)
    {
        var full = Path.GetFullPath(path);
        if (Directory.Exists(full))
        {
            var model = Path.Combine(full, ModelPackage.ModelFile);
            _ = PackageFolder.Files(full);
            return File.Exists(model) ? new(path, full, model, isCopy: false) : throw new IOException($"{path} holds no {ModelPackage.ModelFile}.");
        }

        if (!File.Exists(full))
        {
            throw new IOException($"There is no file or folder {path}.");
        }

        return Path.GetFileName(full) == ModelPackage.ModelFile
            ? new(path, Path.GetDirectoryName(full)!, full, isCopy: false)
            : new(path, Copy(full), full, isCopy: true);
    }

    /// <summary>The package in a folder, as the engine loads it; not hashed.</summary>
    public static ModelPackage Package(string folder) => new(Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)), "1", "", folder, folder);

    public void Dispose()
    {
        if (isCopy)
        {
            Directory.Delete(Folder, recursive: true);
        }
    }

    private static string Copy(string modelPath)
    {
        var folder = Directory.CreateTempSubdirectory("model-tool-").FullName;
        File.Copy(modelPath, Path.Combine(folder, ModelPackage.ModelFile));
        foreach (var location in ExternalFiles(modelPath).Where(location => PackageNames.IsPath(location)))
        {
            var source = Path.Combine(Path.GetDirectoryName(modelPath)!, location);
            if (File.Exists(source))
            {
                var target = Path.Combine(folder, location);
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(PackageFolder.Resolve(Path.GetDirectoryName(modelPath)!, location), target, overwrite: true);
            }
        }

        return folder;
    }

    private static string[] ExternalFiles(string modelPath)
    {
        try
        {
            return [.. ModelFile.Read(modelPath).Graph.Initializer
                .Where(tensor => tensor.DataLocation == TensorProto.Types.DataLocation.External)
                .SelectMany(tensor => tensor.ExternalData.Where(entry => entry.Key == "location").Select(entry => entry.Value))
                .Distinct()];
        }
        catch (IOException)
        {
            // Not to be read here: the runtime says what is wrong with it.
            return [];
        }
    }
}
