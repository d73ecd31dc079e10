using Scoring.Configuration;
using Scoring.Outcomes;

namespace Scoring.Serving;

/// <summary>Whether predictions carry receipts.</summary>
public static class ReceiptRule
{
    /// <summary>Goes by what is asked, and otherwise by the model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="asked">What the request or job says; null where it says nothing.</param>
    /// <param name="issuer">Signs them.</param>
    /// <param name="pointer">Where it is asked for.</param>
    /// <returns>The issuer, or null for no receipts.</returns>
    /// <exception cref="ScoringException">
    /// <see cref="ErrorCode.InvalidValue"/>: asked for where there is no key, or of a model whose task has none. <see cref="ErrorCode.ModelUnavailable"/>: the model's author wants them where there is no key.
    /// </exception>
    public static ReceiptIssuer? Choose(LoadedModel model, bool? asked, ReceiptIssuer issuer, string pointer)
    {
        if (!(asked ?? model.Config.Receipts))
        {
            return null;
        }

        const string NoKey = "no key for receipts is configured here; set Scoring__ReceiptKey";
        if (asked is null)
        {
            return issuer.HasKey ? issuer : throw new ScoringException(ErrorCode.ModelUnavailable, $"model.json of '{model.Package.Name}' asks for receipts, and {NoKey}.");
        }

        return !issuer.HasKey ? throw Refused($"found true, and {NoKey}", pointer)
            : model.Task is ModelTask.Classification or ModelTask.Multilabel or ModelTask.Regression ? issuer
            : throw Refused($"found true; '{model.Package.Name}' gives no receipts, since it is no classification, multilabel or regression", pointer);
    }

    private static ScoringException Refused(string detail, string pointer)
    {
        var faults = new FaultList();
        faults.Add(ErrorCode.InvalidValue, pointer, detail);
        return faults.ToException();
    }
}
