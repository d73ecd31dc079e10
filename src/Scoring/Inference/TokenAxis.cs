using Microsoft.ML.OnnxRuntime;
using Scoring.Inference.Buffers;

namespace Scoring.Inference;

/// <summary>An axis of an output that is as long as the texts of a run are wide, padding included.</summary>
/// <param name="Output">Index of the output.</param>
/// <param name="Axis">Index of the axis; never 0, which counts rows.</param>
/// <param name="Text">Index of the text feature whose tokens it counts.</param>
internal sealed record TokenAxis(int Output, int Axis, int Text)
{
    /// <summary>The axes that bear the name of the tokens of an input.</summary>
    public static IReadOnlyList<TokenAxis> Named(ModelSignature signature, IReadOnlyList<TokenInputs> texts) =>
        [.. Varying(signature).SelectMany(axis => Texts(texts).Where(text => signature.Inputs[texts[text].Ids].Dimensions[1] is { IsDynamic: true, Symbol.Length: > 0 } tokens
            && signature.Outputs[axis.Output].Dimensions[axis.Axis] == tokens).Take(1).Select(text => axis with { Text = text }))];

    /// <summary>
    /// The same, and those without such a name that were as long as the texts in a run two wide and in one three wide. Tried where there is one text only:
    /// of several, nothing tells which one an axis follows.
    /// </summary>
    public static IReadOnlyList<TokenAxis> Find(ModelSession session, ModelSignature signature, IReadOnlyList<TokenInputs> texts)
    {
        var named = Named(signature, texts);
        if (texts.Count != 1 || !signature.Inputs[texts[0].Ids].Dimensions[1].IsDynamic || Varying(signature).All(named.Contains))
        {
            return named;
        }

        var inputs = new[] { texts[0].Ids, texts[0].AttentionMask, texts[0].TypeIds }.Where(input => input >= 0).ToHashSet();
        return inputs.Count == signature.Inputs.Count && Sizes(session, signature, 2) is { } two && Sizes(session, signature, 3) is { } three
            ? [.. Varying(signature).Where(axis => named.Contains(axis) || (SizeOf(two, axis) == 2 && SizeOf(three, axis) == 3))]
            : named;
    }

    private static IEnumerable<int> Texts(IReadOnlyList<TokenInputs> texts) => Enumerable.Range(0, texts.Count);

    private static IEnumerable<TokenAxis> Varying(ModelSignature signature) =>
        from output in Enumerable.Range(0, signature.Outputs.Count)
        from axis in Enumerable.Range(1, Math.Max(0, signature.Outputs[output].Rank - 1))
        where signature.Outputs[output].Kind == ValueKind.Tensor && signature.Outputs[output].Dimensions[axis].IsDynamic
        select new TokenAxis(output, axis, 0);

    private static long SizeOf(long[][] shapes, TokenAxis axis) => axis.Axis < shapes[axis.Output].Length ? shapes[axis.Output][axis.Axis] : -1;

    // One row of zeros, so many tokens wide; null where the model refuses it.
    private static long[][]? Sizes(ModelSession session, ModelSignature signature, int width)
    {
        var values = signature.Inputs.Select(input => OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, input.ElementType, [1, width])).ToArray();
        try
        {
            foreach (var value in values)
            {
                value.GetTensorMutableRawData().Clear();
            }

            using var results = session.Run(null, [.. signature.Inputs.Select(input => input.Name)], values);
            return [.. results.Select(result => result.IsTensor ? result.GetTensorTypeAndShape().Shape : [])];
        }
        catch (Exception exception) when (RunFailure.IsOfTheModel(exception))
        {
            return null;
        }
        finally
        {
            foreach (var value in values)
            {
                value.Dispose();
            }
        }
    }
}
