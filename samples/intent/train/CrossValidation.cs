namespace Samples.Intent;

/// <summary>Chooses the strength of the regularisation without looking at the rows held out.</summary>
public static class CrossValidation
{
    private const int Folds = 5;

    private static readonly double[] Candidates = [0.0001, 0.001, 0.01, 0.1];

    /// <summary>The candidate with the least log loss over five folds of the training rows, which are already in random order.</summary>
    public static double ChooseLambda(Examples train) => Candidates.MinBy(lambda => LogLoss(train, lambda));

    private static double LogLoss(Examples train, double lambda)
    {
        var total = 0.0;
        for (var fold = 0; fold < Folds; fold++)
        {
            var model = IntentModel.Train(train.Where(row => row % Folds != fold), lambda);
            var rest = train.Where(row => row % Folds == fold);
            total += Quality.Of([.. rest.Rows.Select(model.Score)], rest.Positive).LogLoss;
        }

        return total / Folds;
    }
}
