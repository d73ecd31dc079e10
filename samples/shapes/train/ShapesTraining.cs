using ModelTool.Training.Fitting;

namespace Samples.Shapes;

/// <summary>A training run: drawings in, a model and its figures out. The same on every processor.</summary>
public sealed class ShapesTraining
{
    private const int TrainCount = 900;
    private const int TestCount = 900;
    private const ulong TrainSeed = 17;
    private const ulong TestSeed = 1017;

    private ShapesTraining(ShapesModel model) => Model = model;

    /// <summary>Drawings that the model was not trained on.</summary>
    public static IReadOnlyList<Drawing> Test => Draw(TestCount, TestSeed);

    /// <summary>The fitted model.</summary>
    public ShapesModel Model { get; }

    /// <summary>Draws and fits.</summary>
    public static ShapesTraining Run()
    {
        var drawings = Draw(TrainCount, TrainSeed);
        double[][] rows = [.. drawings.AsParallel().AsOrdered().Select(drawing => EdgeDirections.Of(Pixels(drawing)))];
        return new ShapesTraining(ShapesModel.Fit(rows, [.. drawings.Select(drawing => drawing.Shape)]));
    }

    /// <summary>What the README states.</summary>
    public string Figures()
    {
        var scored = Test.AsParallel().AsOrdered().Select(drawing => (drawing.Shape, Scores: Model.Score(Pixels(drawing)))).ToList();
        var rows = Drawing.Names.Select((name, shape) =>
        {
            var own = scored.Where(row => row.Shape == shape).ToList();
            return FormattableString.Invariant($"| {name} | {own.Count} | {own.Count(row => row.Scores[shape] == row.Scores.Max())} | {own.Average(row => row.Scores[shape]):F3} |");
        });
        return $"| held-out drawings | count | named right | mean probability of the right name |\n| --- | --- | --- | --- |\n{string.Join('\n', rows)}";
    }

    private static byte[] Pixels(Drawing drawing) => drawing.Pixels(EdgeDirections.Side, EdgeDirections.Side);

    private static List<Drawing> Draw(int count, ulong seed)
    {
        var random = new SeededRandom(seed);
        return [.. Enumerable.Range(0, count).Select(index => Drawing.Of(index % Drawing.Names.Count, random))];
    }
}
