using System.Security.Cryptography;
using System.Text;
using ModelTool.Native;
using ModelTool.Training.Packaging;
using ModelTool.Training.Texts;

namespace ModelTool.Training;

/// <summary>The folder in which a training keeps what it has: packages of all candidates, what they give for the texts, and a line for each result.</summary>
internal sealed class TrainWork : IDisposable
{
    private static readonly string[] Made = ["candidates", "scores"];

    private readonly string folder;

    private TrainWork(string folder, TrainState state) => (this.folder, State) = (folder, state);

    /// <summary>Results so far.</summary>
    public TrainState State { get; }

    /// <summary>The texts that candidates are measured on, as instances.</summary>
    public string TextsPath => Path.Combine(folder, "texts.jsonl");

    /// <summary>Every text, as instances.</summary>
    public string AllTextsPath => Path.Combine(folder, "all-texts.jsonl");

    /// <summary>Opens or begins a folder. What another training left there is removed, where it is a training's folder.</summary>
    /// <exception cref="IOException">The folder holds something else.</exception>
    public static TrainWork Open(TrainOptions options)
    {
        var statePath = Path.Combine(options.Work, "state.jsonl");
        if (Directory.Exists(options.Work) && !File.Exists(statePath) && Directory.EnumerateFileSystemEntries(options.Work).Any())
        {
            throw new IOException($"{options.Work} holds something that no training put there: name another folder with --work.");
        }

        Directory.CreateDirectory(options.Work);
        var state = TrainState.Open(statePath, new JsonParts()
            .With("texts", Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(options.Path))))
            .With("columns", options.Columns)
            .With("seed", options.Seed)
            .With("encoder", options.Encoder)
            .With("program", typeof(TrainWork).Module.ModuleVersionId));
        foreach (var left in state.IsSame ? [] : Made.Select(name => Path.Combine(options.Work, name)).Where(Directory.Exists))
        {
            Directory.Delete(left, recursive: true);
        }

        Directory.CreateDirectory(Path.Combine(options.Work, "scores"));
        return new TrainWork(options.Work, state);
    }

    /// <summary>A candidate's package.</summary>
    public string PackageOf(string name) => Path.Combine(folder, "candidates", name);

    /// <summary>What a candidate gives.</summary>
    public string ScoresOf(string name) => Path.Combine(folder, "scores", name);

    /// <summary>Writes a candidate's package in place of whatever an interrupted run left of it.</summary>
    public void Write(string name, PackageDraft package)
    {
        if (Directory.Exists(PackageOf(name)))
        {
            Directory.Delete(PackageOf(name), recursive: true);
        }

        package.Write(PackageOf(name));
    }

    /// <summary>Writes texts as instances, a line each.</summary>
    public static void WriteTexts(string path, TextSet texts, IEnumerable<int> rows)
    {
        using var writer = new StreamWriter(path, append: false, new UTF8Encoding(false));
        foreach (var row in rows)
        {
            writer.Write(new JsonParts().With(PackageDraft.Feature, Encoding.UTF8.GetString(texts.Rows[row].Text)));
            writer.Write('\n');
        }
    }

    public void Dispose() => State.Dispose();
}
