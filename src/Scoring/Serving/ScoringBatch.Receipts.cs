using System.Text.Json;
using Scoring.Configuration;
using Scoring.Inference.Buffers;
using Scoring.Outcomes;

namespace Scoring.Serving;

/// <content>Receipts of predictions.</content>
public sealed partial class ScoringBatch
{
    private static readonly JsonEncodedText ReceiptProperty = JsonEncodedText.Encode("receipt");

    // Made with the first receipt: who asks for none has none.
    private ReceiptDraft? draft;

    // The scores are those of the row that was written last.
    private void WriteReceipt(Utf8JsonWriter writer, int row, ReceiptIssuer issuer, in PredictionOptions options)
    {
        draft ??= new ReceiptDraft(model.Package, model.Task);
        draft.Begin(options.Visitor is { } visitor ? issuer.NumberOf(visitor) : null);
        if (TryDraft(draft, row))
        {
            writer.WriteString(ReceiptProperty, issuer.Sign(draft, options.Stamp));
        }
    }

    private bool TryDraft(ReceiptDraft receipt, int row)
    {
        if (model.Task == ModelTask.Regression)
        {
            return run.Outputs[model.Predictions.ScoreOutput] is TensorOutput output && output.TryReadSingle(row, out var value)
                ? receipt.TakeValue(value)
                : throw Unfit("the value is no single number");
        }

        if (scores.Count > ReceiptLayout.MaxLabels)
        {
            throw Unfit($"it has {scores.Count} labels, and receipts are for at most {ReceiptLayout.MaxLabels}");
        }

        NoteOwnLabels();
        var top = scores.Count > ReceiptLayout.MaxProbabilities ? scores.Top(ReceiptLayout.MaxProbabilities) : default;
        if (model.Task == ModelTask.Classification)
        {
            return receipt.TakeClassification(scores.Values, scores.Best, top);
        }

        receipt.BeginMultilabel(scores.Count);
        for (var index = 0; index < scores.Count; index++)
        {
            if (IsDecided(index))
            {
                receipt.Decide(index);
            }
        }

        return receipt.TakeMultilabel(scores.Values, top);
    }

    // Who reads the receipt later knows labels by their index.
    private void NoteOwnLabels()
    {
        if (model.OwnLabelNames is null && scores.OwnNames.Count > 0)
        {
            model.OwnLabelNames = [.. scores.OwnNames];
        }
    }

    private ScoringException Unfit(string why) => new(ErrorCode.InvalidValue, $"The model '{model.Package.Name}' gives no receipts: {why}.");
}
