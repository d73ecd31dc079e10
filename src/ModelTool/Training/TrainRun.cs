using System.Text;
using ModelTool.Training.Heads;
using ModelTool.Training.Packaging;
using ModelTool.Training.Searching;
using ModelTool.Training.Texts;
using ModelTool.Verbs;
using Scoring.Batch;

namespace ModelTool.Training;

/// <summary>From a file of labelled texts to a package: 1 texts read and split, 2 each kind of candidate searched and fitted, 3 all measured by the engine, 4 one taken, 5 written.</summary>
/// <param name="Encoder">What a head is fitted to; null for none.</param>
internal sealed record TrainRun(ToolContext Context, TrainOptions Options, EncoderPackage? Encoder)
{
    /// <summary>Texts of more bytes are not taken apart into characters unasked.</summary>
    private const long MaxCharacterBytes = 50_000_000;

    public async Task<TrainReport> TrainAsync(CancellationToken cancellationToken)
    {
        if (Path.Exists(Options.Out))
        {
            throw new IOException($"{Options.Out} is there already: name another folder with --out.");
        }

        TrainChoice.Check(Options.Take, Encoder is null ? Options.Kinds : [.. Options.Kinds, HeadFamily.Kind]);

        // 1.
        var table = await TextTables.OpenAsync(Options.Path, BatchOptionsOf(), cancellationToken);
        var (texts, split) = await Context.WorkAsync(Options.Path, say =>
        {
            say("reading the texts");
            var read = TextSet.From(table, Options.Columns, Options.Path);
            return (read, TextSplit.Of(read, Options.Columns, Options.Seed));
        });
        var kinds = KindsFor(texts, split);
        string[] warnings = [.. texts.Warnings, .. split.Warnings, .. kinds.Count < Options.Kinds.Count ? [$"The texts are {Bytes(texts, split) / 1e6:N0} MB: characters were left out, whose terms would take gigabytes of memory. To try them all the same: --kinds characters"] : Array.Empty<string>()];
        foreach (var warning in warnings)
        {
            Context.Say($"Warning: {warning}");
        }

        // 2.
        using var work = TrainWork.Open(Options);
        var resumed = work.State.Resumed;
        var search = new FamilySearch(work, split, Options.Seed);
        var families = new List<FamilyFound>();
        foreach (var family in await FamiliesAsync(work, texts, split, kinds, cancellationToken))
        {
            families.Add(await Context.WorkAsync(Options.Path, say => search.Run(family, say, cancellationToken)));
        }

        // 3. and 4.
        var found = await new CandidateScoring(Context, work, texts, split).MeasureAsync(families, cancellationToken);
        var taken = TrainChoice.Of(found, Options.Take);

        // 5. Nobody sees it before it is whole.
        var hidden = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(Options.Out))!, $".{Path.GetFileName(Options.Out)}.{Guid.NewGuid():N}");
        try
        {
            var (quality, calibration) = await new FinalPackage(Context, work, texts, split, Options.Seed).WriteAsync(families.First(family => family.Family.Name == taken.Kind), taken, hidden, cancellationToken);
            var measure = texts.IsMultilabel ? "F1" : "accuracy";
            var report = new TrainReport(
                Options.Out, taken.Name, texts.Labels.Count, split.Kind, split.Train.Length, split.Validation.Length, split.Test.Length, Majority(texts, split), measure, quality, calibration.ToString().ToLowerInvariant(),
                found, families.ToDictionary(family => family.Family.Name, family => family.Made.Seconds), resumed, warnings, new TrainAnswers(found, taken, families, split.Train.Length, measure).All);
            await File.WriteAllTextAsync(Path.Combine(hidden, "README.md"), TrainReadme.Render(report, Path.GetFileName(Options.Path)), new UTF8Encoding(false), cancellationToken);
            await File.WriteAllTextAsync(Path.Combine(hidden, TrainReadme.Picture), TrainDiagram.Draw(found, taken, measure, $"{Path.GetFileName(Options.Path)}: candidates by bytes"), new UTF8Encoding(false), cancellationToken);
            Directory.Move(hidden, Path.GetFullPath(Options.Out));
            return report;
        }
        finally
        {
            if (Directory.Exists(hidden))
            {
                Directory.Delete(hidden, recursive: true);
            }
        }
    }

    private async Task<IReadOnlyList<ITextFamily>> FamiliesAsync(TrainWork work, TextSet texts, TextSplit split, IReadOnlyCollection<string> kinds, CancellationToken cancellationToken)
    {
        var description = $"One of {texts.Labels.Count} labels of a text; trained by `model train` on {split.Train.Length + split.Validation.Length} texts of {Path.GetFileName(Options.Path)}.";
        TermSet[] sets = [TermSet.Words, TermSet.Pairs, TermSet.Characters, .. texts.IsMultilabel ? Array.Empty<TermSet>() : [TermSet.Network]];
        var families = sets.Where(set => kinds.Contains(set.Name)).Select(set => (ITextFamily)new TermsOf(set, texts, split.Train, Options.Seed, description)).ToList();
        if (Encoder is { } encoder)
        {
            families.Add(await HeadFamily.OfAsync(Context, work, encoder, texts, description, cancellationToken));
        }

        return families;
    }

    private IReadOnlyList<string> KindsFor(TextSet texts, TextSplit split) =>
        Options.Kinds.Count == TrainOptions.AllKinds.Length && Bytes(texts, split) > MaxCharacterBytes ? [.. Options.Kinds.Where(kind => kind != TermSet.Characters.Name)] : Options.Kinds;

    private static long Bytes(TextSet texts, TextSplit split) => split.Train.Sum(row => (long)texts.Rows[row].Text.Length);

    private static double Majority(TextSet texts, TextSplit split)
    {
        var most = split.Train.SelectMany(row => texts.Rows[row].Labels).GroupBy(label => label).MaxBy(label => label.Count())!.Key;
        var always = new double[texts.Labels.Count];
        always[most] = 1;
        return LabelScores.Quality([.. split.Test.Select(row => LabelScores.Counts(always, texts.Rows[row].Labels, texts.IsMultilabel))]);
    }

    private BatchOptions BatchOptionsOf() => new()
    {
        DuckDbLibrary = Context.Configuration["Scoring:Batch:DuckDbLibrary"],
        DuckDbSource = Context.Configuration["Scoring:Batch:DuckDbSource"] is { Length: > 0 } source ? new Uri(source) : null,
    };
}
