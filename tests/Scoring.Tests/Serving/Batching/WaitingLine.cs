using System.Text;
using System.Text.Json;
using Scoring.Protocol;
using Scoring.Serving;
using Scoring.Serving.Batching;

namespace Scoring.Tests.Serving.Batching;

/// <summary>Requests that wait at a gate with one slot.</summary>
internal sealed class WaitingLine
{
    public RunGate Gate { get; } = new(1, 8);

    /// <summary>A batch of instances, read.</summary>
    public static ScoringBatch Batch(LoadedModel model, string instances)
    {
        var batch = model.RentBatch();
        ScoreRequest.Read(Encoding.UTF8.GetBytes($$"""{"instances":{{instances}}}"""), batch, 1024);
        return batch;
    }

    /// <summary>Scores requests all of which wait when the first may run.</summary>
    /// <returns>The answers, and the rows of each run.</returns>
    public async Task<(string[] Answers, List<int> Rows)> TogetherAsync(LoadedModel model, string[] instances)
    {
        Assert.True(Gate.TryEnter(out var held));
        List<int> rows = [];
        var answers = instances.Select(one => ScoreAsync(model, one, rows)).ToArray();
        Assert.Equal(instances.Length, Gate.Waiting);
        held.Dispose();
        return (await Task.WhenAll(answers), rows);
    }

    /// <summary>Scores a request as the endpoint does, and adds the rows of its run unless another took it along.</summary>
    public async Task<string> ScoreAsync(LoadedModel model, string instances, List<int> rows, CancellationToken cancellationToken = default)
    {
        using var batch = model.RentBatch();
        try
        {
            var parameters = ScoreRequest.Read(Encoding.UTF8.GetBytes($$"""{"instances":{{instances}}}"""), batch, 1024);
            var slot = await Gate.EnterAsync(RunKind.Request, batch, cancellationToken);
            if (!slot.WasTaken)
            {
                var ran = DynamicBatcher.Run(batch, Gate, slot, CancellationToken.None).Rows;
                lock (rows)
                {
                    rows.Add(ran);
                }
            }

            return Written(batch, parameters);
        }
        catch (ScoringException exception)
        {
            return $"{exception.Code} {exception.Message}";
        }
    }

    /// <summary>The answer without any other.</summary>
    public static string Alone(LoadedModel model, string instances)
    {
        using var batch = model.RentBatch();
        try
        {
            var parameters = ScoreRequest.Read(Encoding.UTF8.GetBytes($$"""{"instances":{{instances}}}"""), batch, 1024);
            batch.Run(CancellationToken.None);
            return Written(batch, parameters);
        }
        catch (ScoringException exception)
        {
            return $"{exception.Code} {exception.Message}";
        }
    }

    /// <summary>The response.</summary>
    public static string Written(ScoringBatch batch, ScoreParameters parameters)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, ScoreResponse.WriterOptions))
        {
            ScoreResponse.Write(writer, batch, parameters);
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
