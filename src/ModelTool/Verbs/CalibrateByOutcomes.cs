using System.CommandLine;
using System.Text.Json.Nodes;
using ModelTool.Calibrating;
using ModelTool.Measuring;
using ModelTool.Native;
using ModelTool.Packages;
using ModelTool.Training.Scoring;
using Scoring;
using Scoring.Calibration;
using Scoring.Configuration;
using Scoring.Outcomes.Reading;
using Scoring.Repository;
using Scoring.Repository.Signing;

namespace ModelTool.Verbs;

/// <summary><c>calibrate NAME --outcomes</c>: fits the live version's calibration anew to what came true, and publishes the same model with it.</summary>
internal sealed class CalibrateByOutcomes(ToolContext context, ParseResult arguments)
{
    private const int ContentDigits = 16;

    private readonly IPackageRepository repository = context.OpenRepository(arguments);

    public required string Model { get; init; }

    /// <summary>Predictions of so long ago.</summary>
    public required TimeSpan Since { get; init; }

    /// <summary>The error that is good enough; null for what the package says.</summary>
    public double? Threshold { get; init; }

    /// <summary>False to upload only.</summary>
    public bool MakeLive { get; init; } = true;

    /// <summary>The key to sign with; null for none.</summary>
    public SigningKey? SignWith { get; init; }

    public bool IsJson { get; init; }

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        // 1. What is live, and what came of it?
        PackageNames.RequireModel(Model);
        var version = (await repository.ReadLiveAsync(Model, null, cancellationToken)).State?.Pointer.Version
            ?? throw new IOException($"{repository.Location} holds no live version of '{Model}'.");
        using var folder = new TemporaryFolder();
        var manifest = await DownloadAsync(version, folder.Path, cancellationToken);
        var config = ModelConfigReader.ReadFile(Models.ModelTarget.Package(folder.Path).ConfigPath);
        var reading = await ReadAsync(version, cancellationToken);
        var group = reading.Groups.FirstOrDefault(each => each.Content == manifest.ContentHash()[..ContentDigits]);
        if (group is { Task: not OutcomeTask.Classification })
        {
            throw new FormatException($"'{Model}' is a {group.Task.ToString().ToLowerInvariant()}: outcomes calibrate a classification alone.");
        }

        var rows = OutcomeRows.Of(group) ?? throw new IOException(
            $"There are no outcomes of '{Model}' version {version} of the last {Days(Since)}: none was told (POST /api/outcomes), or they are of other versions.");

        // 2. Need anything be done, and does it help?
        var receipts = reading.Receipts.Of(reading.Query).FirstOrDefault(sum => sum.Content == group!.Content);
        var found = OutcomeCalibration.Of(rows, config.Calibration, Threshold ?? config.MaxCalibrationError ?? ModelConfig.UsualCalibrationError) with
        {
            Receipts = receipts?.Issued,
            ShareTold = receipts?.ShareTold(group, reading.Share),
        };
        var published = found.Helps ? await PublishAsync(found, config, folder.Path, version, cancellationToken) : null;
        if (IsJson)
        {
            context.AnswerJson(new JsonParts().With("verdict", NameOf(found)).With("model", Model).With("from", version).With("version", published?.Version).With("live", published?.Live)
                .With("since", reading.Query.Since).With("repository", repository.Location).With("report", found));
        }
        else
        {
            Write(found, version, published);
        }

        return published is not null || found.Verdict == CalibrationVerdict.WithinLimit ? Verb.Done : Verb.Refused;
    }

    private async Task<PackageManifest> DownloadAsync(string version, string folder, CancellationToken cancellationToken)
    {
        var stored = await ManifestReader.TryReadAsync(repository, Model, version, cancellationToken);
        var files = stored?.Manifest.Files ?? (await repository.ListFilesAsync(Model, version, cancellationToken)).Unhashed();
        return await PackageDownload.RunAsync(repository, Model, version, files, folder, cancellationToken);
    }

    private async Task<OutcomeReading> ReadAsync(string version, CancellationToken cancellationToken)
    {
        var files = StoredOutcomes.Open(context, arguments) ?? throw new IOException("There is no storage for outcomes beside this repository: set Storage.");
        var now = TimeProvider.System.GetUtcNow();
        return await new OutcomeReader(files).ReadAsync(new OutcomeQuery(Model, now - Since, now) { Version = version, WithProbabilities = true, WithReceipts = true }, cancellationToken);
    }

    // 3. The same model with the new calibration, tried and published as any other version.
    private async Task<PublishResult> PublishAsync(OutcomeCalibration found, ModelConfig config, string folder, string version, CancellationToken cancellationToken)
    {
        using var copy = PackageCopy.Temporary(folder, node => Edit(node, found, config));
        await context.StepAsync<GoldenFound>(new GoldenStep(copy.Folder), Model, cancellationToken);
        var package = CheckVerb.LocalPackage(new DirectoryInfo(copy.Folder), Model, "1");
        var check = new PackageCheck(context);
        var report = await check.RunAsync(package, cancellationToken);
        if (!report.Passed)
        {
            throw new IOException("Nothing was published.");
        }

        await check.RememberAsync(package.ContentHash, report, context.RepositoryOf(arguments), cancellationToken);
        var live = (await repository.ReadLiveAsync(Model, null, cancellationToken)).State?.Pointer.Version;
        return live == version
            ? await new PackagePublisher(repository) { SignWith = SignWith }.PublishAsync(copy.Folder, Model, version: null, MakeLive, cancellationToken)
            : throw new RepositoryConflictException($"Version {live ?? "none"} of '{Model}' went live while version {version} was calibrated: nothing was published.");
    }

    private static void Edit(JsonObject node, OutcomeCalibration found, ModelConfig config)
    {
        if (found.Fitted is { } fitted)
        {
            node["calibration"] = CalibrationNode.From(fitted);
        }
        else
        {
            node.Remove("calibration");
        }

        // Other confidences are to be expected from now on.
        if (config.ConfidenceBaseline.Count > 0)
        {
            node["confidenceBaseline"] = new JsonArray([.. ConfidenceShares.Of(found.Confidences).Select(share => (JsonNode)share)]);
        }
    }

    private static string NameOf(OutcomeCalibration found) => found switch
    {
        { Helps: true } => "published",
        { Verdict: CalibrationVerdict.TooFew } => "tooFewOutcomes",
        { Verdict: CalibrationVerdict.WithinLimit } => "nothingToDo",
        _ => "nothingHelps",
    };

    private static string Days(TimeSpan time) => time.TotalDays == 1 ? "day" : Figures.Text($"{time.TotalDays:0.##} days");

    private void Write(OutcomeCalibration found, string version, PublishResult? published)
    {
        if (found is { Before: { } before, After: { } after })
        {
            var table = new ReportTable("newer outcomes", "before", "after");
            Row("ECE, 15 bins of equal mass", quality => Figures.Text($"{quality.Ece:0.0000} (95 %: {quality.EceLow:0.0000} to {quality.EceHigh:0.0000})"));
            Row("says less comes true", quality => Figures.Text($"{quality.Gap:+0.0000;-0.0000}"));
            Row("Brier score", quality => Figures.Text($"{quality.Brier:0.0000}"));
            Row("log loss", quality => Figures.Text($"{quality.LogLoss:0.0000}"));
            Row("accuracy", quality => Figures.Text($"{quality.Accuracy:0.0000}"));
            table.Write(context);

            void Row(string name, Func<CalibrationFigures, string> text) => table.Add(name, text(before), text(after));
        }

        var told = found.ShareTold is { } share ? Figures.Text($", {share * 100:0.#} % of its {Figures.Count(found.Receipts!.Value)} receipts") : "";
        context.Answer(Figures.Text($"{Figures.Count(found.Outcomes)} outcomes of {Model} version {version}{told}, predictions of the last {Days(Since)}. ECE {found.Now.Ece:0.0000} (95 %: {found.Now.EceLow:0.0000} to {found.Now.EceHigh:0.0000}); {found.Limit:0.####} is allowed."));
        context.Answer(published is not null
            ? Figures.Text($"Version {version} was {found.Verdict.ToString().ToLowerInvariant()}. Fitted to the older {Figures.Count(found.FittedOn)} by {found.Chosen?.ToString().ToLowerInvariant() ?? "no calibration at all"}, judged by the newer {Figures.Count(found.JudgedOn)}: log loss changes by {found.After!.LogLoss - found.Before!.LogLoss:+0.0000;-0.0000} a prediction (95 %: {found.LogLossRisen!.Low:+0.0000;-0.0000} to {found.LogLossRisen.High:+0.0000;-0.0000}).")
            : found.Verdict switch
            {
                CalibrationVerdict.TooFew => $"Too few to tell: {CalibrationFigures.MinCount} would do. Nothing was published.",
                CalibrationVerdict.WithinLimit => "Nothing need be done.",
                _ => Figures.Text($"Version {version} is {found.Verdict.ToString().ToLowerInvariant()}, but no method surely lowers the log loss of the newer outcomes. Nothing was published. It takes more outcomes, or a better model."),
            });
        if (published is not null)
        {
            context.Answer(published.Live
                ? $"{Model} version {published.Version} is the same model with the new calibration; it is live, version {version} was before."
                : $"{Model} version {published.Version} is the same model with the new calibration; it is not live. To make it live: model live {Model} {published.Version}");
        }
    }
}
