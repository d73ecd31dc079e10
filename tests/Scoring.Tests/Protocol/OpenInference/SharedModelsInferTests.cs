using TestCommon;
using TestCommon.OpenInference;

namespace Scoring.Tests.Protocol.OpenInference;

/// <summary>Real models of other projects, whole tensors in and out, in JSON and in binary; the expected values stand beside them.</summary>
public sealed class SharedModelsInferTests
{
    public static TheoryData<string> Models => SharedCase.Models;

    [SharedDataTheory("models")]
    [MemberData(nameof(Models))]
    public void Infer_EachCaseInJson_AnswersWhatIsStated(string model) => AssertCases(model, inJson: true);

    [SharedDataTheory("models")]
    [MemberData(nameof(Models))]
    public void Infer_EachCaseInBinary_AnswersWhatIsStated(string model) => AssertCases(model, inJson: false);

    private static void AssertCases(string model, bool inJson)
    {
        using var inferred = Inferred.Load(Checkout.SharedPathTo("models", model));
        foreach (var (_, inputs, expected, tolerance) in SharedCase.Of(model))
        {
            var request = inJson && inputs.All(input => input.HasJsonForm) ? InferMessage.Json(inputs) : InferMessage.Binary(inputs);
            if (inJson && !inputs.All(input => input.HasJsonForm))
            {
                var withoutForm = TestTensor.Of<float>(inputs[0].Name, "FP32", inputs[0].Shape, [.. inputs[0].Numbers().Select(number => (float)number)]);
                Assert.Contains("FP16", inferred.Refused(InferMessage.Json([withoutForm])).Message, StringComparison.Ordinal);
            }

            if (expected is null)
            {
                Assert.Equal(ErrorCode.MissingFeature, inferred.Refused(request).Code);
                continue;
            }

            TensorAssert.Close(expected, inferred.Infer(request).Outputs(), tolerance);
        }
    }
}
