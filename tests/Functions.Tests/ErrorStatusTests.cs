using System.Text.Json;
using System.Text.Json.Nodes;
using Scoring;
using Scoring.Http;
using Scoring.Protocol;

namespace Functions.Tests;

public sealed class ErrorStatusTests
{
    [Fact]
    public void Of_EveryCode_IsMappedToItsStatus()
    {
        var statuses = Enum.GetValues<ErrorCode>().ToDictionary(code => code.Name(), ErrorStatus.Of);

        // The contract, written out once more on purpose.
        Assert.Equal(
            new Dictionary<string, int>
            {
                ["invalid_json"] = 400,
                ["missing_feature"] = 400,
                ["unknown_feature"] = 400,
                ["invalid_value"] = 400,
                ["shape_mismatch"] = 400,
                ["unauthorized"] = 401,
                ["forbidden"] = 403,
                ["model_not_found"] = 404,
                ["version_not_found"] = 404,
                ["job_not_found"] = 404,
                ["job_conflict"] = 409,
                ["body_too_large"] = 413,
                ["body_too_slow"] = 408,
                ["too_many_instances"] = 413,
                ["unsupported_media_type"] = 415,
                ["overloaded"] = 429,
                ["quota_exceeded"] = 429,
                ["issuer_unavailable"] = 503,
                ["model_unavailable"] = 503,
                ["deadline_exceeded"] = 504,
                ["client_closed"] = 499,
                ["inference_failed"] = 500,
            },
            statuses);
    }

    [Fact]
    public void Problem_OfEveryCode_HasATitleOfItsOwn()
    {
        var titles = Enum.GetValues<ErrorCode>().Select(code =>
        {
            using var written = new MemoryStream();
            using (var writer = new Utf8JsonWriter(written))
            {
                ProblemDetails.Write(writer, new ScoringException(code, "detail"), ErrorStatus.Of(code), null);
            }

            return JsonNode.Parse(written.ToArray())!["title"]!.GetValue<string>();
        }).ToArray();

        Assert.Equal(titles.Distinct(), titles);
    }
}
