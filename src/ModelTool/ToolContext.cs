using System.Collections;
using System.CommandLine;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ModelTool.Verbs;
using Scoring;
using Scoring.Batch;
using Scoring.Repository;
using Spectre.Console;

namespace ModelTool;

/// <summary>What every verb needs: the settings of the app, the repository that they name, and where to write.</summary>
internal sealed class ToolContext
{
    private const int PipeWidth = 10_000;
    private const string DevelopmentStorage = "UseDevelopmentStorage=true";

    private StorageConnection? emulator;

    public ToolContext()
    {
        Progress = new ProgressLog(TimeProvider.System, Say);
        Out = AnsiConsole.Console;
        Errors = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        if (Console.IsOutputRedirected)
        {
            // A pipe has no width: lines are not to be broken for the next program.
            Out.Profile.Width = PipeWidth;
        }

        if (Console.IsErrorRedirected)
        {
            Errors.Profile.Width = PipeWidth;
        }
    }

    /// <summary>The answer of a verb.</summary>
    public IAnsiConsole Out { get; }

    /// <summary>Remarks and failures.</summary>
    public IAnsiConsole Errors { get; }

    /// <summary>Understood before and after every verb.</summary>
    public Option<string?> RepositoryOption { get; } = new("--repository", "-r")
    {
        Description = "A container URI or a folder. Default: Scoring__Repository, else the container 'models' of the connection Storage, as the app has them.",
        Recursive = true,
    };

    /// <summary>Understood before and after every verb.</summary>
    public Option<bool> PlainOption { get; } = new("--plain")
    {
        Description = "Tables as one line a row, cells apart by tabs.",
        Recursive = true,
    };

    /// <summary>Whether tables are lines of cells apart by tabs.</summary>
    public bool IsPlain { get; set; }

    /// <summary>What a log is told of long work.</summary>
    public ProgressLog Progress { get; }

    /// <summary>How far a verb of many steps has come, for its progress; null for the others.</summary>
    public string? Stage { get; set; }

    /// <summary>The settings of the app: environment variables, as the Functions host passes them on.</summary>
    public IConfiguration Configuration { get; } = new ConfigurationBuilder().AddInMemoryCollection(
        from DictionaryEntry variable in Environment.GetEnvironmentVariables()
        select KeyValuePair.Create(((string)variable.Key).Replace("__", ":", StringComparison.Ordinal), (string?)variable.Value)).Build();

    /// <summary>The connection <c>Storage</c>; the emulator where nothing is configured, which is said.</summary>
    public StorageConnection OpenStorage()
    {
        var storage = new StorageConnection(Configuration);
        if (storage.HasBlobs)
        {
            return storage;
        }

        if (emulator is not null)
        {
            return emulator;
        }

        Say($"No storage is configured (Storage, Scoring__Repository or --repository): using the emulator, {DevelopmentStorage}.");
        return emulator = StorageConnection.OfConnectionString(DevelopmentStorage);
    }

    /// <summary>What jobs are looked after with, over a storage; the caller disposes of it.</summary>
    public ServiceProvider OpenJobs(StorageConnection storage) =>
        new ServiceCollection().AddLogging().AddSingleton(storage).AddScoring(Configuration).AddScoringJobs(Configuration).BuildServiceProvider();

    /// <summary>What the command line or the settings name as the repository; null for the container <c>models</c> of the connection.</summary>
    public string? RepositoryOf(ParseResult arguments) =>
        arguments.GetValue(RepositoryOption) ?? Configuration[$"{ScoringOptions.Section}:{nameof(ScoringOptions.Repository)}"];

    /// <summary>A setting of the app that is a list, as <c>a,b</c> or one by one.</summary>
    public string[] TextsOf(string setting)
    {
        var faults = new List<string>();
        var texts = new SettingsReader(Configuration.GetSection(ScoringOptions.Section), faults).Texts(setting, [], mustName: true);
        return faults.Count == 0 ? [.. texts] : throw new FormatException($"{ScoringOptions.Section}: {faults[0]}.");
    }

    /// <summary>Opens the repository that the command line or the settings name.</summary>
    public IPackageRepository OpenRepository(ParseResult arguments)
    {
        var named = RepositoryOf(arguments);
        return PackageRepository.Open(named, string.IsNullOrWhiteSpace(named) ? OpenStorage() : new StorageConnection(Configuration));
    }

    /// <summary>One line of the answer.</summary>
    public void Answer(string text) => Out.WriteLine(text);

    /// <summary>A remark on the standard error.</summary>
    public void Say(string text) => Errors.WriteLine(text);
}
