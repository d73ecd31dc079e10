using System.Globalization;
using System.Text.Json;
using Scoring.Calibration;
using Scoring.Configuration;
using Scoring.Features;
using Scoring.Inference.Buffers;

namespace Scoring.Serving;

/// <summary>The scores of one row at a time: read from an output, made probabilities, calibrated. Reused; one caller at a time.</summary>
internal sealed class RowScores(PredictionPlan plan)
{
    private readonly List<JsonEncodedText> mapLabels = [];
    private JsonEncodedText[] indexLabels = [];
    private float[] scores = [];
    private int[] order = [];
    private string[] mapKeys = [];
    private Calibrator? calibrator;
    private int calibratedLabels;

    /// <summary>Count of scores of the row read last.</summary>
    public int Count { get; private set; }

    /// <summary>The scores, in the order of the labels.</summary>
    public ReadOnlySpan<float> Values => scores.AsSpan(0, Count);

    /// <summary>The names that the model itself gave the scores of the row read last; none where it gives none.</summary>
    public IReadOnlyList<string> OwnNames => mapKeys;

    /// <summary>The score at an index, in the order of the labels.</summary>
    public float this[int index] => scores[index];

    /// <summary>Index of the greatest score; the first of equals.</summary>
    public int Best { get; private set; }

    /// <summary>Reads a row.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.InferenceFailed"/> when the model's scores do not fit its labels.</exception>
    public void Read(OutputBuffer output, int row)
    {
        if (output is TensorOutput tensor)
        {
            ReadTensor(tensor, row);
        }
        else
        {
            ReadMap(((ObjectOutput)output).Map(row) ?? throw new ScoringException(ErrorCode.InferenceFailed, "The model's scores are no map of numbers."));
        }

        if (plan.Labels.Count > 0 && plan.Labels.Count != Count)
        {
            throw new ScoringException(ErrorCode.InferenceFailed, $"The model gave {Count} scores for {plan.Labels.Count} labels.");
        }

        Calibrate();
        Best = 0;
        for (var index = 1; index < Count; index++)
        {
            if (scores[index] > scores[Best])
            {
                Best = index;
            }
        }
    }

    /// <summary>The name of a score.</summary>
    public JsonEncodedText Label(int index)
    {
        if (plan.Labels.Count > 0)
        {
            return plan.Labels[index];
        }

        return mapLabels.Count > 0 ? mapLabels[index] : IndexLabels()[index];
    }

    /// <summary>Indexes of the <paramref name="most"/> greatest scores, greatest first, the earlier of equals first.</summary>
    public ReadOnlySpan<int> Top(int most)
    {
        if (order.Length < Count)
        {
            order = new int[Count];
        }

        var kept = 0;
        for (var index = 0; index < Count; index++)
        {
            var place = kept;
            while (place > 0 && scores[order[place - 1]] < scores[index])
            {
                place--;
            }

            if (place < most)
            {
                kept = Math.Min(kept + 1, Math.Min(most, Count));
                order.AsSpan(place, kept - place - 1).CopyTo(order.AsSpan(place + 1));
                order[place] = index;
            }
        }

        return order.AsSpan(0, kept);
    }

    private void ReadTensor(TensorOutput tensor, int row)
    {
        var length = tensor.RowLength(row);
        var isBinary = length == 1 && plan.Labels.Count == 2;
        Reserve(isBinary ? 2 : length);
        if (isBinary)
        {
            // One score is that of the second label.
            tensor.CopyRow(row, scores.AsSpan(1, 1));
            scores[0] = 0;
        }
        else
        {
            tensor.CopyRow(row, scores.AsSpan(0, length));
        }

        if (plan.IsLogits)
        {
            Softmax.Apply(scores.AsSpan(0, Count), plan.Task == ModelTask.Multilabel);
        }
        else if (isBinary)
        {
            scores[0] = 1 - scores[1];
        }
    }

    private void ReadMap(MapNode map)
    {
        Reserve(map.Keys.Count);
        for (var index = 0; index < Count; index++)
        {
            scores[index] = map.Number(index) ?? float.NaN;
        }

        // The keys are the names of the model's classes, the same in every row. They are encoded for JSON once, and again only where they differ from the row before.
        if (!mapKeys.AsSpan().SequenceEqual(map.KeyArray))
        {
            mapKeys = map.KeyArray;
            mapLabels.Clear();
            mapLabels.AddRange(mapKeys.Select(key => JsonEncodedText.Encode(key)));
        }
    }

    private void Calibrate()
    {
        if (plan.Calibration is null)
        {
            return;
        }

        if (calibrator is null || calibratedLabels != Count)
        {
            calibrator = Calibrator.Create(plan.Calibration, Count, plan.Task == ModelTask.Multilabel);
            calibratedLabels = Count;
        }

        calibrator.Apply(scores.AsSpan(0, Count));
    }

    private JsonEncodedText[] IndexLabels()
    {
        if (indexLabels.Length < Count)
        {
            indexLabels = [.. Arrays.Make(Count, index => JsonEncodedText.Encode(index.ToString(CultureInfo.InvariantCulture)))];
        }

        return indexLabels;
    }

    private void Reserve(int count)
    {
        Count = count;
        if (scores.Length < count)
        {
            scores = new float[count];
        }
    }
}
